"""hephaitos audit: whether the record of changes still has no way around it."""

import typer

from toolkit.audit import check_audit, read_audit
from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, emit
from toolkit.cli.target import named_target
from toolkit.cli.verify import render
from toolkit.connect import connect
from toolkit.errors import FINDINGS
from toolkit.settings import read_settings

app = typer.Typer(help="The record of changes.", no_args_is_help=True)


@app.command("verify")
def verify(database_url: DatabaseUrlOption = None, form: FormatOption = Format.TEXT) -> int:
    """Look for ways around the record of changes: nothing is written.

    Tables and partitions without their triggers, triggers that are disabled or keep still for
    replicas, subscriptions, a record that can be rewritten, that has no partition for the time to
    come or rows in its default. What must be recorded is declared in [tool.hephaitos.audit]. Exits
    with 2 when something was found.
    """
    settings = read_settings(database_url=database_url)
    declared = read_audit(settings.tenant)
    with connect(named_target(settings)) as connection:
        report = check_audit(connection, declared)
    emit(form, report.as_json(), lambda: render(report))
    return FINDINGS if report.failed else 0
