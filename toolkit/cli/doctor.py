"""hephaitos doctor: what this machine can start, and what a target lacks."""

from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolkit.cli.options import (
    DatabaseUrlOption,
    Format,
    FormatOption,
    MigratingRoleOption,
    emit,
)
from toolkit.connect import connect, describe
from toolkit.errors import FINDINGS
from toolkit.prepare import Lack, missing
from toolkit.server.scratch import choose_kind
from toolkit.server.survey import KindReport, survey
from toolkit.settings import read_settings


def run(
    database_url: DatabaseUrlOption = None,
    role: MigratingRoleOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Say which scratch servers this machine can start, and what the target lacks.

    The target is the database of --database-url or HEPHAITOS_DATABASE_URL, if there is one. Each
    lack comes with the SQL for its administrator. Exit code 2 when something is missing there.
    Changes nothing.
    """
    settings = read_settings(database_url=database_url)
    kinds = survey(settings)
    lacks: tuple[Lack, ...] = ()
    if settings.database_url is not None:
        with connect(settings.database_url) as connection:
            lacks = missing(connection, settings.roles, migrating_role=role)
    document = {
        "servers": [asdict(kind) for kind in kinds],
        "chosen": choose_kind(settings),
        "target": settings.database_url and describe(settings.database_url),
        "lacks": [asdict(lack) for lack in lacks],
    }
    emit(form, document, lambda: _text(kinds, document["chosen"], settings.database_url, lacks))
    return FINDINGS if lacks else 0


def _text(
    kinds: tuple[KindReport, ...], chosen: object, url: str | None, lacks: tuple[Lack, ...]
) -> RenderableType:
    parts: list[RenderableType] = [_machine(kinds, chosen)]
    if url is not None:
        parts += [Text(""), *_target(url, lacks)]
    return Group(*parts)


def _machine(kinds: tuple[KindReport, ...], chosen: object) -> RenderableType:
    table = Table("server", "usable", "PostgreSQL", "pg_cron", "to get the rest", box=None)
    for kind in kinds:
        table.add_row(
            f"{kind.kind} (chosen)" if kind.kind == chosen else kind.kind,
            "yes" if kind.usable else "no",
            str(kind.version or ""),
            "real" if kind.usable and kind.pg_cron else "none",
            kind.remedy or "",
        )
    return table


def _target(url: str, lacks: tuple[Lack, ...]) -> list[RenderableType]:
    if not lacks:
        return [Text(f"{describe(url)} lacks nothing")]
    lines: list[RenderableType] = [Text(f"{describe(url)} lacks {len(lacks)} of what is needed")]
    for lack in lacks:
        lines.append(Text(f"- {lack.message}: {lack.detail}. {lack.hint}"))
        if lack.sql:
            lines.append(Text(f"    {lack.sql}", no_wrap=True, overflow="ignore"))
    return lines
