"""hephaitos facts: what the catalogs of a database say, and whether others say the same."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolkit.catalog import Facts, Origin, Scope, read_facts
from toolkit.cli.options import (
    DatabaseUrlOption,
    Format,
    FormatOption,
    KindOption,
    MigratingRoleOption,
    emit,
)
from toolkit.cli.progress import narrate
from toolkit.cli.target import named_target
from toolkit.connect import connect
from toolkit.drift.baseline import write_snapshots
from toolkit.errors import FINDINGS, REFUSED
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, standing, start
from toolkit.settings import Settings, read_settings
from toolkit.witness import Disagreement, disagreements, dump_schema, find_pg_dump

AgainstDumpOption = Annotated[
    bool,
    typer.Option("--against-dump", help="Ask pg_dump too, and print where the two disagree."),
]
WriteOption = Annotated[
    bool,
    typer.Option(
        "--write",
        help="Replay history on a scratch server and write migrations/snapshots, which "
        "`hephaitos drift` compares with. Takes no target.",
    ),
]


def run(
    database_url: DatabaseUrlOption = None,
    role: MigratingRoleOption = None,
    kind: KindOption = None,
    form: FormatOption = Format.TEXT,
    against_dump: AgainstDumpOption = False,  # noqa: FBT002 - Typer makes a flag of it
    write: WriteOption = False,  # noqa: FBT002 - as above
) -> int:
    """Count what a database holds; with --format json, print every fact.

    With --against-dump exits with 2 when facts and pg_dump disagree: one of them is then blind.
    """
    settings = read_settings(database_url=database_url, server_kind=kind)
    if write:
        refuse_target(settings)
        return _write(settings, form)
    url = named_target(settings)
    scope = Scope.of(settings)
    if against_dump:
        # A dump has what a running system makes, too.
        scope = replace(scope, runtime=())
    with connect(url) as connection:
        facts = read_facts(connection, scope, migrator=role)
    if not against_dump:
        emit(form, _document(facts), lambda: render(facts))
        return REFUSED if facts.blind else 0
    found = disagreements(facts, dump_schema(find_pg_dump(facts.major, settings.pg_bin), url))
    emit(form, [_entry(one) for one in found], lambda: _witnessed(found, facts), whole_lines=True)
    return FINDINGS if found else 0


def render(facts: Facts) -> RenderableType:
    """Lay the counts of facts out for a terminal."""
    table = Table("kind", "own", "of others", box=None, pad_edge=False)
    counts = Counter((fact.identity.kind, fact.origin is Origin.OWN) for fact in facts)
    for kind in dict.fromkeys(fact.identity.kind for fact in facts):
        table.add_row(str(kind), str(counts[kind, True]), str(counts[kind, False]))
    blind = [Text(f"blind: {sentence}", style="bold red") for sentence in facts.blind]
    return Group(table, *blind, Text(f"PostgreSQL {facts.major}"), Text(facts.fingerprint))


def _witnessed(found: tuple[Disagreement, ...], facts: Facts) -> RenderableType:
    lines = [f"{one.object}: only {one.said_by} says: {one.what}" for one in found]
    count = len(found)
    lines.append(f"{count} disagreement{'' if count == 1 else 's'}, {len(facts.own)} own facts")
    return Text("\n".join(lines))


def _write(settings: Settings, form: Format) -> int:
    with narrate() as narrator, ExitStack() as stack:
        server = standing.current(settings) or stack.enter_context(
            start(settings, progress=narrator.step)
        )
        prepare_server(server, settings.roles)
        written = write_snapshots(server, settings, narrator.step)
    names = [str(path.relative_to(settings.project_root)) for path in written]
    emit(form, {"written": names}, lambda: "\n".join(names))
    return 0


def _entry(one: Disagreement) -> dict[str, str]:
    return {"object": one.object, "said_by": one.said_by, "what": one.what}


def _document(facts: Facts) -> dict[str, Any]:
    return {
        "major": facts.major,
        "fingerprint": facts.fingerprint,
        "blind": list(facts.blind),
        "facts": [
            {
                "object": str(fact.identity),
                "origin": str(fact.origin),
                "attributes": dict(fact.attributes),
                "needs": [str(need) for need in fact.needs],
            }
            for fact in facts
        ],
    }
