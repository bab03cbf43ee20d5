"""hephaitos compare: exit 0 when two versions of a function answer alike, 2 when they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolkit.bench.result import Cost
from toolkit.cli.bench import DataOption, loaded_database
from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, KindOption, emit
from toolkit.cli.progress import Narrator, narrate
from toolkit.connect import Connection, connect
from toolkit.errors import FINDINGS, SettingsError
from toolkit.settings import Settings, read_settings
from toolkit.versions.cases import Case, random_cases, recorded_cases
from toolkit.versions.comparison import Comparison, Weighed, compare
from toolkit.versions.declared import Declared, read_declared
from toolkit.versions.pool import read_pool
from toolkit.versions.routine import Routine, find_routine, refuse_writing

# A screen of them; the rest is in JSON.
_MOST_SHOWN = 10

OldArgument = Annotated[
    str, typer.Argument(metavar="FUNCTION", help="The version that is there, schema and name.")
]
NewArgument = Annotated[
    str, typer.Argument(metavar="FUNCTION_V2", help="The one that shall take its place.")
]
CallsOption = Annotated[int, typer.Option("--calls", min=1, help="How many random calls to make.")]
SeedOption = Annotated[
    int, typer.Option("--seed", help="Of the random calls: the same seed makes the same ones.")
]
RecordedOption = Annotated[
    Path | None,
    typer.Option(
        "--recorded",
        metavar="FILE",
        help='Calls that were made: JSON lines like {"p_user_id": "..."}; "role" and "sub" may say '
        "who called.",
        show_default=False,
    ),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="FIELD",
        help="A field that may differ; may be repeated.",
        show_default=False,
    ),
]
NextOption = Annotated[
    list[str] | None,
    typer.Option(
        "--next",
        metavar="PARAMETER=FIELD",
        help="How the new version goes on to its next page: which field of the last row to pass. "
        "May be repeated.",
        show_default=False,
    ),
]  # fmt: skip

TenantOption = Annotated[
    str | None,
    typer.Option(
        "--tenant",
        metavar="PARAMETER",
        help="Which parameter says whose data is asked for. Default: as declared for the proof "
        "that the function isolates.",
        show_default=False,
    ),
]


def run(
    old: OldArgument,
    new: NewArgument,
    calls: CallsOption = 200,
    seed: SeedOption = 1,
    recorded: RecordedOption = None,
    ignore: IgnoreOption = None,
    next_page: NextOption = None,
    tenant: TenantOption = None,
    data: DataOption = None,
    kind: KindOption = None,
    database_url: DatabaseUrlOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Ask two versions of a function the same, and say where they differ and what they cost.

    The calls are random ones, by tenants for themselves and for others, by services and by nobody,
    with arguments that make sense and with such as make none; and recorded ones. What both versions
    answer has to be the same in every field that both have, errors too. When the new version
    answers in pages, all of them together count. Then one call with a small, a middle and a large
    answer is counted and timed, interleaved.

    Works on a scratch server with data; or, when a database is named, on that one: functions that
    may write are refused there, nothing is counted, and every call is rolled back. Exits with 2
    when an answer differs. How two versions belong together can be declared once, in
    [[tool.hephaitos.versions]].
    """
    settings = read_settings(database_url=database_url, server_kind=kind)
    asked = _Asked(
        old, new, calls, seed, recorded, frozenset(ignore or ()), _pairs(next_page), tenant
    )
    with narrate() as narrator:
        found = _run(settings, asked, data, narrator)
    emit(form, document(found), lambda: render(found))
    return FINDINGS if found.differences else 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the flags say."""

    old: str
    new: str
    calls: int
    seed: int
    recorded: Path | None
    ignore: frozenset[str]
    next_page: Mapping[str, str]
    tenant: str | None


def document(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON's own types."""
    return {
        "old": found.old.signature,
        "new": found.new.signature,
        "calls": found.calls,
        "answered": found.answered,
        "differences": [
            {
                "call": difference.case.origin,
                "role": difference.case.role,
                "tenant": difference.case.tenant,
                "arguments": dict(difference.case.arguments),
                "difference": difference.what,
            }
            for difference in found.differences
        ],
        "fields": {"lost": sorted(found.fields.lost), "gained": sorted(found.fields.gained)},
        "costs": [
            {
                "rows": weighed.rows,
                "arguments": dict(weighed.case.arguments),
                "old": asdict(weighed.old) if weighed.old else None,
                "new": asdict(weighed.new) if weighed.new else None,
                "ratio": round(weighed.ratio.value, 3),
                "low": round(weighed.ratio.low, 3),
                "high": round(weighed.ratio.high, 3),
                "noise": round(weighed.noise, 3),
            }
            for weighed in found.weighed
        ],
    }


def render(found: Comparison) -> RenderableType:
    """Lay a comparison out for a terminal: differences, fields, costs."""
    parts: list[RenderableType] = [
        Text(f"{found.old.signature}\n{found.new.signature}", style="bold"),
        Text(f"{found.calls} calls of each, {found.answered} answered, the others refused"),
    ]
    for difference in found.differences[:_MOST_SHOWN]:
        parts.append(Text(f"differs: {difference.case.describe()}", style="red"))
        parts.append(Text(f"    {difference.what}"))
    hidden = len(found.differences) - _MOST_SHOWN
    if hidden > 0:
        parts.append(Text(f"... and {hidden} more; --format json has them all", style="dim"))
    if not found.differences:
        parts.append(Text("every answer is the same in the fields that both have", style="green"))
    for word, fields in (("lost", found.fields.lost), ("gained", found.fields.gained)):
        if fields:
            parts.append(Text(f"{word}: {', '.join(sorted(fields))}", style="yellow"))
    if found.weighed:
        parts += [Text(""), _costs(found.weighed)]
        parts.append(
            Text(
                "ratio: the time of the new version over that of the old, and its 95 % bounds; a "
                "call of a version in pages is its first page",
                style="dim",
            )
        )
    return Group(*parts)


def _costs(weighed: Sequence[Weighed]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("rows", "version", "trips", "sent", "inside", "buffers", "kB in", "ratio"):
        table.add_column(heading, justify="left" if heading == "version" else "right")
    for one in weighed:
        ratio = f"{one.ratio.value:.2f} ({one.ratio.low:.2f}-{one.ratio.high:.2f})"
        table.add_row(f"{one.rows:,}", "old", *_counted(one.old), "")
        table.add_row("", "new", *_counted(one.new), ratio)
    return table


def _counted(cost: Cost | None) -> tuple[str, ...]:
    if cost is None:
        return ("",) * 5
    numbers = (cost.round_trips, cost.statements, cost.nested_statements, cost.buffers)
    return (*(f"{number:,}" for number in numbers), f"{cost.bytes_in / 1_000:,.1f}")


def _run(settings: Settings, asked: _Asked, data: str | None, narrator: Narrator) -> Comparison:
    if settings.database_url is not None:
        return _compare(settings, asked, settings.database_url, None, narrator)
    with loaded_database(settings, data or settings.demo.data, narrator) as (_, database):
        return _compare(settings, asked, database.url, database.admin_url, narrator)


def _compare(
    settings: Settings, asked: _Asked, url: str, admin_url: str | None, narrator: Narrator
) -> Comparison:
    with connect(url) as connection:
        old, new = (find_routine(connection, name) for name in (asked.old, asked.new))
        if admin_url is None:
            refuse_writing(old, new)
        declared = read_declared(settings, old, new)
        declared = replace(
            declared,
            ignore=declared.ignore | asked.ignore,
            next_page=asked.next_page or declared.next_page,
            tenant_argument=asked.tenant or declared.tenant_argument,
        )
        cases = _cases(connection, old, new, asked, declared)
    narrator.step(f"calling {old.name} and {new.name}, {len(cases)} times each")
    return compare(url, old, new, cases, declared, admin_url=admin_url, progress=narrator.stage)


def _cases(
    connection: Connection, old: Routine, new: Routine, asked: _Asked, declared: Declared
) -> list[Case]:
    recorded = (
        recorded_cases(
            asked.recorded, tenants=declared.tenants, tenant_argument=declared.tenant_argument
        )
        if asked.recorded
        else []
    )
    return recorded + random_cases(
        old,
        new,
        read_pool(connection, declared, old),
        tenants=declared.tenants,
        tenant_argument=declared.tenant_argument,
        count=asked.calls,
        seed=asked.seed,
    )


def _pairs(given: Sequence[str] | None) -> dict[str, str]:
    pairs = {}
    for one in given or ():
        parameter, equals, field = one.partition("=")
        if not (parameter and equals and field):
            raise SettingsError(
                f"--next {one} says nothing",
                detail="it needs a parameter and a field with = between",
                hint="Write it like --next p_after_id=id.",
            )
        pairs[parameter] = field
    return pairs
