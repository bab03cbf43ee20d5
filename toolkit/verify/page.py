"""docs/rules.md: what is verified and why, from the headers of the rules themselves."""

from collections.abc import Iterable

from toolkit.verify.rulebook import Rule

_INTRODUCTION = """\
<!-- Generated: hephaitos verify --rules > docs/rules.md -->

# What `hephaitos verify` checks

Each rule is one SQL file in `toolkit/verify/rules/`, and each row that it returns is a finding.
The names of schemas, roles and the tenant's column are declared in `pyproject.toml`.

Some checks are more than a query. *SQL function bodies*: Postgres parses the body of every SQL
function that is kept as text. *Isolation*: every function in `[[tool.hephaitos.isolation]]` is
called by everybody for everybody: by callers without identity, by tenants, by tenants whose claims
pretend to be a service, and by a service; for themselves, for others, for nobody that exists, for
NULL and for what is no id; with arguments of everybody, NULL and malformed. Whoever is not due an
answer has to get SQLSTATE 42501, in the same words whether or not what they ask for exists.
*Shadowing*: every such function is called once more by a caller who owns a twin of each relation,
function, operator and type that it names, temporary or first on their search path; a twin that is
used says so. All of it is rolled back.

`hephaitos verify --head` checks the head of history on a scratch server, and adds what needs data
of its own. *Isolation* then asks also for what is deleted, and for a tenant who is, with the token
they still hold: as if it had never been.

Each function has a file in the folder that `proofs` names: an oracle, requests to try, and what
makes a tenant of any size. *Equality*: on worlds that Hypothesis makes, with ties, nulls, no
children and deleted parents, it answers what the oracle does, row by row and in order; a difference
is brought down to a small world. *Statements*: inside it runs as many for 10 as for 1000, else
a + b N is told. *Growth*: for twice the size at most 2.05 times the buffers and bytes, no trip and
no statement more; for ten times the history at most 1.1 times the buffers, give or take four pages,
across whose edge rows may happen to lie. *Races*: two callers take their steps in every order, by
the statements of clients and again by those inside the function, and many callers start at once; it
ends as declared, and leaves nothing that a query of the tenant's calls wrong.

`make test/deep` turns the question around: it makes mutants of every function (a predicate, a
guard, a tie-break or the search path dropped, a comparison moved by one, a left join made inner, a
grant widened), and the rules, the proofs or the function's own tests have to notice.
"""


def render_page(rules: Iterable[Rule]) -> str:
    """Write the page as Markdown, one section a rule. O(bytes)."""
    return "\n".join([_INTRODUCTION, *map(_section, rules)])


def _section(rule: Rule) -> str:
    number, _, name = rule.name.partition("_")
    paragraphs = [
        f"## {number} {name.replace('_', ' ')}",
        f"**{rule.purpose}**",
        rule.why,
        f"An exception: {rule.exception}" if rule.exception else "",
        f"Needs the extension `{rule.requires}`; skipped without it." if rule.requires else "",
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
