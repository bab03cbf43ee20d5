"""Snapshots: what `hephaitos drift` compares with is what history really makes."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.database.drift.coverage import VERSIONS
from toolkit.catalog import Snapshots
from toolkit.drift import find_drift
from toolkit.drift.baseline import replay
from toolkit.server import Server
from toolkit.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
REVISIONS = [
    script.revision
    for script in ScriptDirectory.from_config(Config(str(PROJECT / "alembic.ini"))).walk_revisions()
]
AGAIN = "run make generate/snapshots"


@pytest.mark.parametrize("major", VERSIONS)
def test_every_revision_has_its_snapshot_and_no_other_has(major: int) -> None:
    folder = Snapshots.of(PROJECT).folder

    written = {path.name for path in folder.glob(f"*.{major}.jsonl")}

    assert written == {f"{revision}.{major}.jsonl" for revision in REVISIONS}, AGAIN


def test_every_snapshot_is_what_its_revision_makes(
    server: Server, settings: Settings, tmp_path: Path
) -> None:
    committed, again = Snapshots.of(PROJECT), Snapshots(tmp_path)
    parent = None

    for revision, facts in replay(server, settings):
        assert find_drift(committed.read(revision, server.major), facts) == (), AGAIN
        path = again.write(revision, parent, facts)
        assert path.read_bytes() == committed.path(revision, server.major).read_bytes(), AGAIN
        parent = revision
