"""hephaitos server: scratch servers that stay up until they are taken down."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolkit.bench.tenant import load_dataset
from toolkit.cli.options import Format, FormatOption, KindOption, emit
from toolkit.cli.progress import narrate
from toolkit.errors import ServerUnavailable
from toolkit.prepare import prepare_server
from toolkit.server import Server, standing
from toolkit.server.model import MAIN_DATABASE
from toolkit.settings import Settings, read_settings

app = typer.Typer(
    help="Start, stop and list scratch servers: throw-away PostgreSQL that looks like Supabase.",
    no_args_is_help=True,
)


@app.command()
def up(kind: KindOption = None, form: FormatOption = Format.TEXT) -> int:
    """Start a scratch server, or find the one that runs.

    It stays up after the command ends. The URL logs in as `migrator`, who applies migrations;
    the admin URL as the superuser. Both hold passwords made for this server.
    """
    settings = read_settings(server_kind=kind)
    with narrate() as narrator:
        server = standing.up(settings, narrator.step)
        prepare_server(server, settings.roles)
    emit(form, _document(server), lambda: _started(server))
    return 0


@app.command()
def down(kind: KindOption = None, form: FormatOption = Format.TEXT) -> int:
    """Stop scratch servers of this checkout and remove their data; all of them by default."""
    stopped = standing.down(read_settings(server_kind=kind))
    emit(
        form,
        {"stopped": [server.kind for server in stopped]},
        lambda: "\n".join(f"stopped {server.kind}" for server in stopped) or "no server was up",
    )
    return 0


@app.command()
def status(form: FormatOption = Format.TEXT) -> int:
    """List the scratch servers of this checkout that run."""
    running = standing.status(read_settings())
    emit(form, {"servers": [_document(server) for server in running]}, lambda: _table(running))
    return 0


@app.command()
def load(
    size: Annotated[str, typer.Argument(help="The tenant's name for how much.")] = "demo",
    kind: KindOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Fill the running scratch server with the project's data, all of it or nothing.

    The server must be up, and its database migrated and empty. The same size gives the same rows
    on every kind of server.
    """
    settings = read_settings(server_kind=kind)
    server = _running(settings)
    fill = load_dataset(settings.project_root / "benchmarks")
    with narrate() as narrator:
        rows = fill(server, database=MAIN_DATABASE, size=size, progress=narrator.stage)
    emit(form, {"rows": dict(rows)}, lambda: _rows(rows))
    return 0


def _running(settings: Settings) -> Server:
    for server in standing.status(settings):
        if settings.server_kind in {"auto", server.kind}:
            return server
    raise ServerUnavailable(
        "no scratch server is up",
        detail=f"none of kind {settings.server_kind} was started from this checkout",
        hint="Start one with `hephaitos server up`, and migrate it with `alembic upgrade head`.",
    )


def _rows(rows: Mapping[str, int]) -> RenderableType:
    table = Table("table", "rows", box=None, pad_edge=False)
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    return table


def _document(server: Server) -> dict[str, Any]:
    return {
        "kind": server.kind,
        "version": server.version,
        "pg_cron": server.capabilities.pg_cron,
        "url": server.url(),
        "admin_url": server.admin_url(),
    }


def _started(server: Server) -> RenderableType:
    return Group(
        Text(f"PostgreSQL {server.version} ({server.kind}) is up; {_cron(server)}"),
        Text(""),
        Text(f"export HEPHAITOS_DATABASE_URL={server.url()}", no_wrap=True, overflow="ignore"),
        Text("alembic upgrade head"),
        Text(""),
        Text("hephaitos server down takes it away again, data and all."),
    )


def _table(servers: tuple[Server, ...]) -> RenderableType:
    if not servers:
        return "no server is up; start one with: hephaitos server up"
    table = Table("kind", "version", "pg_cron", "address", box=None, pad_edge=False)
    for server in servers:
        table.add_row(
            server.kind,
            server.version,
            server.capabilities.pg_cron or "none",
            f"{server.host}:{server.port}",
        )
    return table


def _cron(server: Server) -> str:
    version = server.capabilities.pg_cron
    if version is not None:
        return f"pg_cron {version} fires jobs in database hephaitos"
    return "no pg_cron: schedules are recorded, never fired (see hephaitos doctor)"
