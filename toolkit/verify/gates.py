"""Gates: a PL/pgSQL function that waits, before each statement inside, until it is let on.

A gate is an advisory lock that whoever directs the race holds. Everybody's numbers are their own:
a session says in a setting which actor it is.
"""

import re

GATE_CLASS = 0x4E51
ACTOR_SETTING = "hephaitos.actor"
# Numbers of one actor's gates: more than a body has statements.
STRIDE = 1000
_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^\W\d][\w$]*|\s+|.", re.DOTALL
)
_BODY = re.compile(r"\$(\w*)\$(.*)\$\1\$", re.DOTALL)
_OPENS = {";", "then", "begin", "else", "loop"}
_REACHES = {"delete", "insert", "merge", "perform", "return", "select", "update", "with"}


def with_gates(definition: str) -> tuple[str, int]:
    """Put a gate before each statement of a function that may reach a table or a lock.

    Args:
        definition: as pg_get_functiondef() has it; PL/pgSQL.

    Returns:
        The changed definition, and how many gates it has.
    """
    body = _BODY.search(definition)
    if body is None:
        return definition, 0
    parts: list[str] = []
    gates = level = 0
    opened = begun = False
    for token in _TOKEN.findall(body.group(2)):
        word = token.lower()
        if not (token.isspace() or token.startswith(("--", "/*"))):
            if opened and begun and not level and word in _REACHES:
                parts.append(_gate(gates))
                gates += 1
            level += (word == "(") - (word == ")")
            begun = begun or word == "begin"
            opened = word in _OPENS
        parts.append(token)
    start, end = body.span(2)
    return definition[:start] + "".join(parts) + definition[end:], gates


def _gate(number: int) -> str:
    actor = f"pg_catalog.current_setting('{ACTOR_SETTING}')::integer"
    return (
        f"perform pg_catalog.pg_advisory_xact_lock_shared({GATE_CLASS}, "
        f"{actor} * {STRIDE} + {number});\n"
    )
