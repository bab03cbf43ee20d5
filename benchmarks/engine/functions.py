"""The functions that both sides compare; imported without the toolkit, too."""

COMMENT_LINES = 8


def create_function(number: int) -> str:
    """Return the statement that makes one function; never the same body twice."""
    returns = f"returns numeric language {language(number)}"
    return f"create or replace function crowd.{signature(number)} {returns} {body(number)}"


def signature(number: int) -> str:
    """Return the name and arguments of a function."""
    return f"function_{number:04}(wanted integer, plus numeric default {number})"


def language(number: int) -> str:
    """Return the language of a function: half of them each."""
    return "sql" if number % 2 else "plpgsql"


def body(number: int) -> str:
    """Return what stands behind the language of a function: some 300 bytes."""
    lines = "\n".join(f"    -- line {line} of function {number}" for line in range(COMMENT_LINES))
    if number % 2:
        return f"stable as $$\n{lines}\n    select (wanted * {number} + plus)::numeric\n$$"
    return f"stable as $$\nbegin\n{lines}\n    return wanted * {number} + plus;\nend;\n$$"
