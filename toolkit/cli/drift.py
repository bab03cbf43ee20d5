"""hephaitos drift: exit 0 when a database is what its revision made it, 2 when it drifted."""

from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from toolkit.cli.options import (
    DatabaseUrlOption,
    Format,
    FormatOption,
    MigratingRoleOption,
    emit,
)
from toolkit.cli.target import named_target
from toolkit.drift import Change, Drift, Finding, examine, shown
from toolkit.errors import FINDINGS, REFUSED
from toolkit.settings import read_settings

SqlOption = Annotated[
    bool, typer.Option("--sql", help="Print nothing but the SQL that takes the drift back.")
]


def run(
    database_url: DatabaseUrlOption = None,
    role: MigratingRoleOption = None,
    form: FormatOption = Format.TEXT,
    sql_only: SqlOption = False,  # noqa: FBT002 - Typer makes a flag of it
) -> int:
    """Compare a database with the state at its own revision, and say how to get back there.

    Reads the target's catalogs and migrations/snapshots, nothing else; changes nothing. Revisions
    that were not applied yet are no drift. Exits with 2 when something differs, with 1 when the
    role could not see enough to say that nothing does.
    """
    settings = read_settings(database_url=database_url)
    drift = examine(settings, named_target(settings), role=role)
    if sql_only:
        print(script(drift), end="")
    else:
        emit(form, _document(drift), lambda: render(drift), whole_lines=True)
    if drift.findings:
        return FINDINGS
    return REFUSED if drift.blind else 0


def script(drift: Drift) -> str:
    """Return the SQL of all findings, ready for psql, with a comment where there is none."""
    lines = []
    for finding in drift.findings:
        lines.append(f"-- {_line(finding)}")
        lines += [f"{statement};" for statement in finding.statements]
        if finding.reason:
            lines.append(f"-- by hand: {finding.reason}")
    return "".join(f"{line}\n" for line in lines)


def render(drift: Drift) -> RenderableType:
    """Lay an examination out for a terminal: a line a finding, its SQL below it."""
    parts: list[RenderableType] = []
    for finding in drift.findings:
        parts.append(Text(_line(finding), "bold"))
        sql = "\n".join(f"{statement};" for statement in finding.statements)
        parts += [Text(f"    {line}", "green") for line in sql.splitlines()]
        if finding.reason:
            parts.append(Text(f"    by hand: {finding.reason}", "yellow"))
    parts += [Text(f"blind: {sentence}", "bold red") for sentence in drift.blind]
    parts += [
        Text(f"only its existence was compared, it is not modelled: {identity}", "dim")
        for identity in drift.unmodelled
    ]
    return Group(*parts, Text(_summary(drift)))


def _summary(drift: Drift) -> str:
    where = f"revision {drift.revision}, PostgreSQL {drift.major}"
    rest = f"{drift.compared} facts compared, {drift.foreign} of others left alone"
    if drift.findings:
        count = len(drift.findings)
        return f"{count} finding{'' if count == 1 else 's'} at {where}; {rest}"
    if drift.blind:
        return f"nothing seen to differ at {where}, but not everything was seen; {rest}"
    return f"no drift at {where}; {rest}"


def _line(finding: Finding) -> str:
    difference = finding.difference
    if difference.change is Change.CHANGED:
        expected, found = shown(difference)
        return f"{finding.what}: {finding.attribute}: expected {expected}, found {found}"
    inside = f", with {difference.inside} more in it" if difference.inside else ""
    return f"{finding.what}: {difference.change}{inside}"


def _document(drift: Drift) -> dict[str, Any]:
    return {
        "revision": drift.revision,
        "major": drift.major,
        "compared": drift.compared,
        "foreign": drift.foreign,
        "blind": list(drift.blind),
        "unmodelled": [str(identity) for identity in drift.unmodelled],
        "findings": [
            {
                "object": finding.what,
                "change": str(finding.difference.change),
                "attribute": finding.attribute,
                "expected": finding.difference.expected,
                "found": finding.difference.found,
                "inside": finding.difference.inside,
                "sql": list(finding.statements),
                "by_hand": finding.reason,
            }
            for finding in drift.findings
        ],
    }
