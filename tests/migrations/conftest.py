"""What tests of the runner share: a small project, and an empty database for it."""

from pathlib import Path

import pytest

from tests.migrations.projects import SmallProject


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """A project with an empty history."""
    return SmallProject.create(tmp_path / "project")
