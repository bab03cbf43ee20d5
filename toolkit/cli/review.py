"""hephaitos review: a revision tried on a clone with data, as a page for a pull request."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from enum import StrEnum
from typing import Annotated

import typer

from toolkit.bench.progress import silent as silent_stages
from toolkit.bench.tenant import load_dataset
from toolkit.cli.options import KindOption
from toolkit.cli.progress import narrate
from toolkit.clones import Database
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.review import HEAD, Filling, empty, render_packet, review
from toolkit.server import Server, refuse_target, standing, start
from toolkit.settings import Settings, read_settings

_DATA, _NONE = "benchmarks", "none"


class ReviewFormat(StrEnum):
    """For a pull request or for machines."""

    MARKDOWN = "markdown"
    JSON = "json"


RevisionArgument = Annotated[str, typer.Argument(metavar="[REV]", help="An id, or head.")]
ReviewFormatOption = Annotated[
    ReviewFormat,
    typer.Option("--format", "-f", help="markdown for a pull request, json for machines."),
]
DataOption = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="SIZE",
        help="How much data to try it with, by the tenant's name, or none. Default: the demo's.",
        show_default=False,
    ),
]


def run(
    revision: RevisionArgument = HEAD,
    form: ReviewFormatOption = ReviewFormat.MARKDOWN,
    data: DataOption = None,
    kind: KindOption = None,
) -> int:
    """Review a revision before anybody applies it: what it locks, changes, breaks and loses.

    Runs it down and up on a clone with data, on a scratch server; no target is touched. Exits with
    2 when something has to be mended: a lock, a rewrite or a scan that its docstring does not
    declare; a body that uses what it takes away; a way back that does not lead back. Refuses beside
    a target, of which it needs none.
    """
    settings = read_settings(server_kind=kind)
    refuse_target(settings)
    with narrate() as narrator, ExitStack() as stack:
        server = standing.current(settings) or stack.enter_context(
            start(settings, progress=narrator.step)
        )
        prepare_server(server, settings.roles)
        packet = review(
            server, settings, revision, fill=filling(settings, data), progress=narrator.step
        )
    print(
        json.dumps(packet.as_json(), indent=2, default=str)
        if form is ReviewFormat.JSON
        else render_packet(packet),
        end="" if form is ReviewFormat.MARKDOWN else "\n",
    )
    return FINDINGS if packet.findings else 0


def filling(settings: Settings, size: str | None) -> Filling:
    """Return what brings the tenant's data of a size: the demo's when None, nothing for `none`."""
    if size == _NONE or (size is None and "demo" not in settings.tenant):
        return empty
    load = load_dataset(settings.project_root / _DATA)
    wanted = size or settings.demo.data

    def fill(server: Server, database: Database) -> Mapping[str, int]:
        return load(server, database=database.name, size=wanted, progress=silent_stages)

    return fill
