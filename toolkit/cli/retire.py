"""hephaitos retire: exit 0 when a function may go, 1 when nobody can know that it may."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, emit
from toolkit.cli.target import named_target
from toolkit.connect import connect
from toolkit.settings import read_settings
from toolkit.versions.retirement import Retirement, judge, read_counting
from toolkit.versions.routine import find_routine

FunctionArgument = Annotated[
    str, typer.Argument(metavar="FUNCTION", help="The function that shall go, schema and name.")
]
DaysOption = Annotated[
    float, typer.Option("--days", min=0, help="For how long nobody must have called it.")
]
SinceOption = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="TIME",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        help="Since when you know that calls are counted, GMT. Default: since the counters were "
        "reset and the configuration was last loaded, whichever is later.",
        show_default=False,
    ),
]


def run(
    function: FunctionArgument,
    days: DaysOption = 7,
    since: SinceOption = None,
    database_url: DatabaseUrlOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Say whether a function of a database in use may go, because nobody calls it.

    Leave is given only when the server counts its calls (track_functions), when it is known since
    when, when that is long enough ago, and when there were none. Everything else is refused, with
    what to do. Calls in transactions that still run are not counted yet, and a replica counts its
    own: ask there too. Changes nothing: the function goes when its file does, by a revision.
    """
    settings = read_settings(database_url=database_url)
    vouched_for = since.replace(tzinfo=UTC) if since else None
    with connect(named_target(settings)) as connection:
        routine = find_routine(connection, function)
        retirement = judge(
            routine,
            read_counting(connection, routine),
            least=timedelta(days=days),
            vouched_for=vouched_for,
        )
    emit(form, document(retirement), lambda: render(retirement), whole_lines=True)
    return 0


def document(retirement: Retirement) -> dict[str, Any]:
    """Return plain values."""
    return {
        "function": retirement.routine.signature,
        "calls": 0,
        "since": retirement.since.isoformat(),
        "until": retirement.until.isoformat(),
        "days": round(retirement.days, 2),
        "vouched_for": retirement.on_somebodys_word,
    }


def render(retirement: Retirement) -> RenderableType:
    """Lay it out for a terminal: the leave, what it rests on, what to do."""
    name = retirement.routine.name
    since = f"{retirement.since:%Y-%m-%d %H:%M}"
    basis = (
        "on your word that calls were counted from then on"
        if retirement.on_somebodys_word
        else "counted from then on for certain"
    )
    return Group(
        Text(f"{retirement.routine.signature} may go", style="bold green"),
        Text(f"no call in {retirement.days:.1f} days, since {since}, {basis}"),
        Text(""),
        Text(f"delete sql/functions/{name.replace('.', '/')}.sql"),
        Text(f'hephaitos freeze -m "Drop {name}, which nobody calls"'),
    )  # fmt: skip
