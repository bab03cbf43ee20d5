"""hephaitos verify: the rules about a database, and what its functions are proven to do."""

from contextlib import ExitStack
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, KindOption, emit
from toolkit.cli.progress import narrate
from toolkit.cli.target import named_target
from toolkit.clones import migrated_template
from toolkit.connect import connect
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, standing, start
from toolkit.settings import Settings, read_settings
from toolkit.verify import Check, Outcome, Report, run_checks
from toolkit.verify.page import render_page
from toolkit.verify.rulebook import rules
from toolkit.verify.scratch import run_proofs

_STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "yellow"}

RulesOption = Annotated[
    bool, typer.Option("--rules", help="Print what is checked and why, as Markdown, and stop.")
]
HeadOption = Annotated[
    bool,
    typer.Option(
        "--head",
        help="Check the head of history on a scratch server, with the proofs that need data of "
        "their own: equal answers, cost, races. Takes no target.",
    ),
]


def run(
    database_url: DatabaseUrlOption = None,
    kind: KindOption = None,
    head: HeadOption = False,  # noqa: FBT002 - Typer makes a flag of it
    form: FormatOption = Format.TEXT,
    list_rules: RulesOption = False,  # noqa: FBT002 - Typer makes a flag of it
) -> int:
    """Check a database: rules about its catalog, and calls of its functions as everybody.

    Nothing stays behind: every call is made in a transaction that is rolled back. With --head, of a
    scratch database at the head of history, and everything is proven. Exits with 2 when something
    was found.
    """
    if list_rules:
        print(render_page(rules()), end="")
        return 0
    settings = read_settings(database_url=database_url, server_kind=kind)
    report = _of_head(settings) if head else _of_target(settings)
    emit(form, report.as_json(), lambda: render(report))
    return FINDINGS if report.failed else 0


def _of_target(settings: Settings) -> Report:
    with connect(named_target(settings)) as connection, narrate() as narrator:
        return run_checks(connection, settings, narrator.step)


def _of_head(settings: Settings) -> Report:
    refuse_target(settings)
    with narrate() as narrator, ExitStack() as stack:
        server = standing.current(settings) or stack.enter_context(
            start(settings, progress=narrator.step)
        )
        prepare_server(server, settings.roles)
        template = migrated_template(server, settings.project_root)
        return run_proofs(server, template, settings, narrator.step)


def render(report: Report) -> RenderableType:
    """Lay a report out for a terminal: a line a check, its findings below it, the counts."""
    counts = f"{report.passed} passed, {report.failed} failed, {report.skipped} skipped"
    return Group(*map(_block, report.checks), Text(""), Text(counts, style="bold"))


def _block(check: Check) -> RenderableType:
    note = check.evidence or (f"because {check.skipped}" if check.skipped else "")
    outcome = Text(f"{check.outcome:<8}", style=_STYLES[check.outcome])
    lines = [Text.assemble(outcome, check.name, (f"  {note}" if note else "", "dim"))]
    if check.findings:
        lines.append(Text(check.claim))
    for found in check.findings:
        lines.append(Text(f"- {found.object}", style="bold"))
        lines += [Text(found.detail), Text(f"hint: {found.hint}", style="dim")]
    head, *below = lines
    return Group(head, *(Padding(line, (0, 0, 0, 8), expand=False) for line in below))
