"""hephaitos plan: the statements that make one database into another, and what they leave."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from toolkit.catalog import Facts
from toolkit.cli.options import Format, KindOption, emit
from toolkit.cli.progress import narrate
from toolkit.cli.sides import workshop
from toolkit.errors import FINDINGS, REFUSED
from toolkit.plan import Plan, Statement, make_plan
from toolkit.settings import read_settings


class PlanFormat(StrEnum):
    """For people, for psql or for machines."""

    TEXT = "text"
    SQL = "sql"
    JSON = "json"


_SIDE = "A database URL, a folder of SQL files, or head: what the whole history makes."
PlanFormatOption = Annotated[
    PlanFormat,
    typer.Option("--format", "-f", help="text for people, sql for psql, json for machines."),
]
ReverseOption = Annotated[
    bool, typer.Option("--reverse", help="Plan the way back: from TO to FROM.")
]


ProveOption = Annotated[
    bool,
    typer.Option(
        "--prove",
        help="Carry it out on a scratch copy first, there, back and there again, and print nothing "
        "unless facts and pg_dump agree.",
    ),
]


def run(
    source: Annotated[str, typer.Argument(metavar="FROM", help=_SIDE)],
    target: Annotated[str, typer.Argument(metavar="TO", help=_SIDE)],
    form: PlanFormatOption = PlanFormat.TEXT,
    reverse: ReverseOption = False,  # noqa: FBT002 - Typer makes a flag of it
    prove: ProveOption = False,  # noqa: FBT002 - as above
    kind: KindOption = None,
) -> int:
    """Print the statements that make FROM like TO, in the order to run them.

    Reads catalogs, changes nothing. Tables, their columns, types and sequences are people's to
    change: what differs in them is named, and nothing that waits for it is half done. Exits with 2
    when the plan leaves a difference, with 1 when a role could not see enough to plan for all.
    """
    settings = read_settings(server_kind=kind)
    with narrate() as narrator, workshop(settings, narrator.step) as shop:
        before, after = shop.facts(source), shop.facts(target)
        if reverse:
            before, after = after, before
        plan = make_plan(before, after)
        if prove:
            shop.rehearse(before, after)
    blind = tuple(dict.fromkeys((*before.blind, *after.blind)))
    if form is PlanFormat.SQL:
        print(script(plan, blind), end="")
    else:
        emit(
            Format(form),
            _document(plan, before, blind, proven=prove),
            lambda: render(plan, blind, proven=prove),
            whole_lines=True,
        )
    if plan.unplanned:
        return FINDINGS
    return REFUSED if blind else 0


def script(plan: Plan, blind: tuple[str, ...] = ()) -> str:
    """Return a plan as psql takes it: one transaction, what it leaves as comments before it."""
    unseen = "".join(f"-- blind: {sentence}\n" for sentence in blind)
    return unseen + plan.render(transaction=True)


def render(plan: Plan, blind: tuple[str, ...] = (), *, proven: bool = False) -> RenderableType:
    """Lay a plan out for a terminal: a line a statement, its SQL below it."""
    parts: list[RenderableType] = []
    for number, statement in enumerate(plan.statements, start=1):
        parts += _lines(number, statement)
    parts += [Text(f"not planned: {one}", "yellow") for one in plan.unplanned]
    parts += [Text(f"blind: {sentence}", "bold red") for sentence in blind]
    proof = "; proven on a copy, there, back and there again" if proven else ""
    return Group(*parts, Text(_summary(plan) + proof))


def _lines(number: int, statement: Statement) -> list[RenderableType]:
    lock = f"  ({statement.lock})" if statement.lock else ""
    head = Text.assemble(
        (f"{number}. {statement.action} {statement.identity}", "bold"), (lock, "dim")
    )
    sql = f"{statement.sql};"
    return [
        head,
        *([Text(f"    {statement.hazard}", "yellow")] if statement.hazard else []),
        *(Text(f"    {line}", "green") for line in sql.splitlines()),
    ]


def _summary(plan: Plan) -> str:
    if not plan.statements and not plan.unplanned:
        return "nothing differs"
    count, left = len(plan.statements), len(plan.unplanned)
    said = f"{count} statement{'' if count == 1 else 's'}"
    return f"{said}; {left} difference{'' if left == 1 else 's'} left to people"


def _document(plan: Plan, before: Facts, blind: tuple[str, ...], *, proven: bool) -> dict[str, Any]:
    return {
        "major": before.major,
        "statements": [
            {
                "object": str(statement.identity),
                "action": str(statement.action),
                "sql": statement.sql,
                "lock": statement.lock,
                "hazard": statement.hazard,
            }
            for statement in plan.statements
        ],
        "unplanned": [
            {"object": str(one.identity), "attribute": one.attribute, "reason": one.reason}
            for one in plan.unplanned
        ],
        "blind": list(blind),
        "proven": proven,
    }
