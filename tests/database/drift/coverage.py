"""docs/drift_coverage.md: every attribute that facts hold, and the change that proves it told.

Made from the catalog queries and mutations.toml; the suite runs every mutation on every version.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOM = Path(__file__).parent
QUERIES = ROOM.parents[2] / "toolkit" / "catalog" / "queries"
VERSIONS = (15, 17, 18)
# Attributes that several kinds have; which of them can have each is PostgreSQL's decision.
SHARED = {
    "grants to": (
        "schema", "default privileges", "type", "domain", "sequence", "table", "column",
        "function", "aggregate", "view", "materialized view",
    ),
    "comment": (
        "role", "schema", "extension", "type", "domain", "sequence", "table", "column",
        "constraint", "index", "statistics", "function", "procedure", "aggregate", "view",
        "materialized view", "rule", "trigger", "policy", "event trigger", "publication",
    ),
    "setting": ("role", "function", "database"),
    "setting here": ("role",),
    "option": ("table", "column", "view", "materialized view"),
    "toast option": ("table",),
}  # fmt: skip

# Nobody can change these alone.
NOT_TO_CHANGE = {
    "database": "every database is one",
    "function.definition": "the whole of the other attributes",
}

_KIND = re.compile(r"'([a-z ]+)' as kind|then '([a-z ]+)' else '([a-z ]+)' end as kind")
_KEY = re.compile(r"(?:^        |json_build_object\()'(\w+)',", re.MULTILINE)

_HEAD = """# What drift notices

Made by `make generate/docs` from the catalog queries and from the {mutations} changes in
`tests/database/drift/mutations.toml`. Each change is made to a database behind its history's back;
the suite then demands exactly the findings listed, exit code 2, and that the printed SQL, once
run, takes them away again. One that goes unnoticed fails the suite, so this page can only say:

| PostgreSQL | changes | noticed |
|---|---|---|
{versions}

A clean database has no findings on any of them. Of {attributes} attributes in {kinds} kinds of
objects each is changed at least once; where facts hold less than an object is, its kind is
`unmodelled` and every object of it is named. *By hand* means that no SQL is printed, and why.
"""


def mutations() -> list[dict[str, Any]]:
    """Return every change of mutations.toml, in its order."""
    text = (ROOM / "mutations.toml").read_text(encoding="utf-8")
    listed: list[dict[str, Any]] = tomllib.loads(text)["mutation"]
    return listed


def modelled() -> dict[str, frozenset[str]]:
    """Return the attributes that facts hold, each with the kinds that can have it.

    An attribute of a query that makes two kinds belongs to whichever has it.
    """
    files = [*sorted((QUERIES / "objects").glob("*.sql")), QUERIES / "cron.sql"]
    found = {}
    for path in files:
        for select in path.read_text(encoding="utf-8").split("\nunion all\n\nselect\n    '"):
            kinds = _kinds(f"'{select}")
            for attribute in _KEY.findall(select):
                found[f"{path.stem}.{'|'.join(sorted(kinds))}.{attribute}"] = frozenset(
                    f"{kind}.{attribute}" for kind in kinds
                )
            found["|".join(sorted(kinds))] = frozenset(kinds)
    for attribute, kinds_with in SHARED.items():
        for kind in kinds_with:
            found[f"{kind}.{attribute}"] = frozenset({f"{kind}.{attribute}"})
    return found


def uncovered() -> list[str]:
    """Return the attributes that no mutation changes."""
    covered = {one for mutation in mutations() for one in mutation["covers"]}
    return sorted(
        name for name, either in modelled().items() if not either & (covered | NOT_TO_CHANGE.keys())
    )


def render() -> str:
    """Return the page as Markdown."""
    listed = mutations()
    covered = sorted({one for mutation in listed for one in mutation["covers"]})
    head = _HEAD.format(
        mutations=len(listed),
        versions="\n".join(_version(listed, version) for version in VERSIONS),
        attributes=sum("." in one for one in covered),
        kinds=len({one.partition(".")[0] for one in covered}),
    )
    return "\n".join([head, *_tables(listed)])


def _kinds(select: str) -> set[str]:
    match = _KIND.search(select)
    assert match is not None, select[:80]
    return {kind for kind in match.groups() if kind}


def _version(listed: list[dict[str, Any]], version: int) -> str:
    known = sum(version >= mutation.get("since", 0) for mutation in listed)
    return f"| {version} | {known} | 100 % |"


def _tables(listed: list[dict[str, Any]]) -> Iterator[str]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for mutation in listed:
        by_kind.setdefault(mutation["covers"][0].partition(".")[0], []).append(mutation)
    for kind, ones in by_kind.items():
        yield f"## {kind}\n\n| attribute | change | findings | cure |\n|---|---|---|---|"
        for mutation in ones:
            yield _row(kind, mutation)
        yield ""


def _row(kind: str, mutation: dict[str, Any]) -> str:
    attributes = [
        one.removeprefix(f"{kind}.").replace("_", " ") if one != kind else "presence"
        for one in mutation["covers"]
    ]
    since = f" ({mutation['since']} and newer)" if "since" in mutation else ""
    reasons = mutation.get("by_hand", [])
    cure = "; ".join([reasons] if isinstance(reasons, str) else reasons)
    cells = [
        ", ".join(attributes) + since,
        f"`{_line(mutation['change'])}`",
        "<br>".join(mutation["finds"]),
        f"by hand: {cure}" if cure else "SQL",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _line(statements: str) -> str:
    line = " ".join(statements.split()).replace("`", "'")
    return line if len(line) <= _LONGEST else line[:_LONGEST].rstrip() + " …"


_LONGEST = 110

if __name__ == "__main__":
    print(render(), end="")
