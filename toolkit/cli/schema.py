"""hephaitos schema: the schema of a database as a page of Markdown."""

from toolkit.catalog import Scope, read_facts
from toolkit.cli.options import DatabaseUrlOption
from toolkit.cli.progress import narrate
from toolkit.cli.target import named_target
from toolkit.clones import clone, migrated_template
from toolkit.connect import connect
from toolkit.prepare import prepare_server
from toolkit.report.schema_page import render_schema
from toolkit.server import start
from toolkit.settings import Settings, read_settings


def run(database_url: DatabaseUrlOption = None, head: bool = False) -> int:  # noqa: FBT001, FBT002
    """Print the schema of a database as Markdown: a diagram, tables, rules, functions, grants.

    With --head, of a scratch database at the head of history instead of a target.
    """
    settings = read_settings(database_url=database_url)
    print(_page_of_head(settings) if head else _page_of(named_target(settings), settings), end="")
    return 0


def _page_of(url: str, settings: Settings) -> str:
    with connect(url) as connection:
        return render_schema(read_facts(connection, Scope.of(settings)))


def _page_of_head(settings: Settings) -> str:
    with narrate() as narrator, start(settings, progress=narrator.step) as server:
        prepare_server(server, settings.roles)
        template = migrated_template(server, settings.project_root)
        with clone(server, template) as database:
            return _page_of(database.url, settings)
