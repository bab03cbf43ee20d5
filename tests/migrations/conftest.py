"""What tests of the runner share: a small project, and an empty database for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migrations.histories import fill_eventfully
from tests.migrations.projects import SmallProject
from tests.migrations.runners import Nursery, nursery
from toolkit.server import Server


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """A project with an empty history."""
    return SmallProject.create(tmp_path / "project")


@pytest.fixture(scope="session")
def eventful(tmp_path_factory: pytest.TempPathFactory, server: Server) -> SmallProject:
    """A history of twelve revisions with snapshots, so that every gate is at work."""
    project = SmallProject.create(tmp_path_factory.mktemp("eventful") / "project")
    fill_eventfully(project)
    project.write_snapshots(server)
    return project


@pytest.fixture(scope="session")
def forked() -> Iterator[Nursery]:
    """Runners that start at once."""
    with nursery() as kept:
        yield kept
