"""One scratch server a run, one migrated template on it, one clone a test that commits."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from toolkit.clones import Database, clone, maintenance, migrated_template
from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.prepare import prepare_server
from toolkit.server import Server, refuse_target, standing, start
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[1]
ROOMS_WITHOUT_SERVER = {"unit", "architecture", "docs"}
# A test may run others against a server and a template of its own choice.
GIVEN_SERVER, GIVEN_TEMPLATE = "HEPHAITOS_TEST_SERVER", "HEPHAITOS_TEST_TEMPLATE"

_running = pytest.StashKey[ExitStack]()
_server = pytest.StashKey[Server]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that outlives all workers."""
    if hasattr(config, "workerinput"):
        if "server" in config.workerinput:
            config.stash[_server] = Server.from_json(config.workerinput["server"])
        return
    config.stash[_running] = stack = ExitStack()
    if not _needs_server(config):
        return
    if GIVEN_SERVER in os.environ:
        config.stash[_server] = Server.from_json(os.environ[GIVEN_SERVER])
        return
    try:
        settings = read_settings(start=PROJECT)
        refuse_target(settings)
        config.stash[_server] = server = _find_or_start(settings, stack)
        prepare_server(server, settings.roles)
        migrated_template(server, PROJECT)
    except ToolkitError as error:
        stack.close()
        pytest.exit(error.as_text(), returncode=error.exit_code)
    except BaseException:
        stack.close()
        raise


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that pytest_configure started."""
    if _running in config.stash:
        config.stash[_running].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a parallel worker where the server is."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist has no types
    if _server in config.stash:
        node.workerinput["server"] = config.stash[_server].to_json()  # type: ignore[attr-defined]


def pytest_report_header(config: pytest.Config) -> str:
    """Say which server the results are about."""
    server = config.stash.get(_server, None)
    if server is None:
        return "server: none needed"
    return f"server: {server.kind}, PostgreSQL {server.version}, {_cron(server)}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Refuse skips where every capability is there: in CI, on a container."""
    server = session.config.stash.get(_server, None)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or server is None or server.kind != "container" or "CI" not in os.environ:
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} skipped on a container, where nothing may be")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The project's settings, without the machine's environment."""
    return read_settings(start=PROJECT, environment={})


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """The run's scratch server."""
    return request.config.stash[_server]


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of the migrated template; it was built before the workers started."""
    if GIVEN_TEMPLATE in os.environ:
        return os.environ[GIVEN_TEMPLATE]
    return migrated_template(server, PROJECT)


@pytest.fixture(scope="session")
def clone_admin(server: Server) -> Iterator[Connection]:
    """A worker's own connection for cloning."""
    with maintenance(server) as admin:
        yield admin


@pytest.fixture(scope="session")
def shared_database(server: Server, template: str) -> Iterator[Database]:
    """One migrated clone a worker, for tests that leave nothing behind."""
    with clone(server, template) as database:
        yield database


@pytest.fixture
def database(shared_database: Database) -> Iterator[Connection]:
    """A connection as migrator inside a transaction that is rolled back."""
    with connect(shared_database.url, autocommit=False) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def own_database(server: Server, template: str, clone_admin: Connection) -> Iterator[Database]:
    """A migrated clone of the test's own, for tests that commit."""
    with clone(server, template, admin=clone_admin) as database:
        yield database


@pytest.fixture
def pristine_database(server: Server, clone_admin: Connection) -> Iterator[Database]:
    """A clone with Supabase's stand-in and no revision applied."""
    with clone(server, PRISTINE_TEMPLATE, admin=clone_admin) as database:
        yield database


def _needs_server(config: pytest.Config) -> bool:
    rooms = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    inside = [room.relative_to(PROJECT / "tests").parts for room in rooms if _in_tests(room)]
    return not inside or not all(parts and parts[0] in ROOMS_WITHOUT_SERVER for parts in inside)


def _in_tests(path: Path) -> bool:
    return path.is_relative_to(PROJECT / "tests")


def _find_or_start(settings: Settings, stack: ExitStack) -> Server:
    return standing.current(settings) or stack.enter_context(start(settings))


def _cron(server: Server) -> str:
    version = server.capabilities.pg_cron
    return f"pg_cron {version}" if version else "no pg_cron"
