"""Starting a scratch server of the kind asked for, and the check that a database is ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from toolkit.connect import describe
from toolkit.errors import NotOurDatabase, ServerUnavailable
from toolkit.server import cluster, container, folders
from toolkit.server.binaries import find_embedded, find_local
from toolkit.server.launched import Launched, wait_until_ready
from toolkit.server.model import ADMIN, MAIN_DATABASE, Progress, Server, login_url, probe, silent
from toolkit.server.recipe import Recipe
from toolkit.settings import Settings


@contextmanager
def start(
    settings: Settings, *, progress: Progress = silent, on_disk: bool = False
) -> Iterator[Server]:
    """Run a server for the length of a block.

    Call it from the main thread: the server dies with the thread that started it.

    Args:
        settings: the kind wanted and the privileges regime.
        progress: told each step in a few words.
        on_disk: keep the data on disk instead of in memory.

    Yields:
        The running server, complete and probed. 1 to 3 s; the first container takes a minute.

    Raises:
        ServerUnavailable: this kind cannot be started here.
    """
    recipe = recipe_of(settings, on_disk=on_disk)
    kind = choose_kind(settings)
    launched = launch(kind, settings, recipe, progress)
    try:
        yield describe_server(kind, launched, recipe)
    finally:
        launched.stop()


def choose_kind(settings: Settings) -> str:
    """Return the kind that `auto` stands for on this machine, or the kind asked for.

    The first of: container, if an engine answers; local, if its binaries have pg_cron; embedded.
    """
    if settings.server_kind != "auto":
        return settings.server_kind
    if container.is_available():
        return "container"
    try:
        return "local" if find_local(settings.pg_bin).pg_cron else "embedded"
    except ServerUnavailable:
        return "embedded"


def launch(kind: str, settings: Settings, recipe: Recipe, progress: Progress) -> Launched:
    """Sweep what killed runs left, then start a process of one kind."""
    progress(f"starting PostgreSQL ({kind})")
    if kind == "container":
        container.sweep()
        return container.launch(recipe, progress)
    folders.sweep()
    binaries = find_embedded() if kind == "embedded" else find_local(settings.pg_bin)
    return cluster.launch(binaries, recipe)


def describe_server(kind: str, launched: Launched, recipe: Recipe) -> Server:
    """Wait until a launched server answers, then say what it is."""
    admin_url = login_url(
        ADMIN,
        recipe.admin_password,
        host=launched.host,
        port=launched.port,
        database=MAIN_DATABASE,
    )
    wait_until_ready(launched, admin_url)
    version, capabilities = probe(admin_url)
    return Server(
        kind=kind,
        host=launched.host,
        port=launched.port,
        version=version,
        admin_password=recipe.admin_password,
        migrator_password=recipe.migrator_password,
        capabilities=capabilities,
    )


def recipe_of(settings: Settings, *, lasting: bool = False, on_disk: bool = False) -> Recipe:
    """Return the recipe in the project's folder server/."""
    return Recipe(
        folder=settings.project_root / "server",
        default_privileges=settings.default_privileges,
        lasting=lasting,
        on_disk=on_disk,
    )


def refuse_target(settings: Settings) -> None:
    """Refuse to go on while the environment names a database, whoever's it is.

    For the commands that fill and destroy: they make their own server, and a person who has
    named a database must not be left wondering which of the two was meant.

    Raises:
        NotOurDatabase: a database URL is set.
    """
    if settings.database_url is not None:
        raise NotOurDatabase(
            f"refusing to work beside {describe(settings.database_url)}",
            detail="HEPHAITOS_DATABASE_URL names a database, and this command fills its own",
            hint="Unset HEPHAITOS_DATABASE_URL and run the command again.",
        )
