"""Flags that several commands share, and how a command says its result."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType


class Format(StrEnum):
    """For people or for machines."""

    TEXT = "text"
    JSON = "json"


class Kind(StrEnum):
    """Which scratch server."""

    AUTO = "auto"
    CONTAINER = "container"
    LOCAL = "local"
    EMBEDDED = "embedded"


FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="text for people, json for machines.")
]
KindOption = Annotated[
    Kind | None,
    typer.Option(
        "--kind",
        "-k",
        help=(
            "container: our image in a container engine. local: this machine's PostgreSQL. "
            "embedded: the one inside a Python wheel. auto: the first that has pg_cron, in this "
            "order. Default: HEPHAITOS_SERVER, else auto."
        ),
        show_default=False,
    ),
]
DatabaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        "-d",
        metavar="URL",
        help="The target, postgresql://user:password@host:port/database. "
        "Default: HEPHAITOS_DATABASE_URL.",
        show_default=False,
    ),
]
MigratingRoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="Who applies revisions. Default: the role of the URL.",
        show_default=False,
    ),
]


def emit(
    form: Format, document: Any, text: Callable[[], RenderableType], *, whole_lines: bool = False
) -> None:
    """Print a result on stdout, as JSON or as text.

    Args:
        form: which of the two.
        document: plain values for JSON.
        text: makes what a person sees; called only when asked for.
        whole_lines: never break or cut a line, because somebody will copy it.
    """
    if form is Format.JSON:
        print(json.dumps(document, indent=2, default=str))
    else:
        Console(file=sys.stdout, highlight=False, soft_wrap=whole_lines).print(text())
