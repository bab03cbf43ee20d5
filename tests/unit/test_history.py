"""Frozen history: what was pinned is what runs, or nothing runs."""

import hashlib
from pathlib import Path

import pytest

from toolkit.errors import HistoryTampered
from toolkit.history import Frozen


@pytest.fixture
def revision(tmp_path: Path) -> Path:
    (tmp_path / "frozen").mkdir()
    (tmp_path / "versions").mkdir()
    (tmp_path / "frozen" / "0001.up.sql").write_text("create table t ();\n")
    (tmp_path / "frozen" / "0001.down.sql").write_text("drop table t;\n")
    return tmp_path / "versions" / "0001_create_t.py"


def _pin(revision: Path) -> Frozen:
    frozen = revision.parents[1] / "frozen"
    return Frozen(
        str(revision),
        up=hashlib.sha256((frozen / "0001.up.sql").read_bytes()).hexdigest(),
        down=hashlib.sha256((frozen / "0001.down.sql").read_bytes()).hexdigest(),
    )


def test_untouched_files_pass(revision: Path) -> None:
    _pin(revision).verify()


@pytest.mark.parametrize("direction", ["up", "down"])
def test_an_edited_file_is_named(revision: Path, direction: str) -> None:
    frozen = _pin(revision)
    path = revision.parents[1] / "frozen" / f"0001.{direction}.sql"
    path.write_text(path.read_text() + " ")

    with pytest.raises(HistoryTampered, match=f"edited: 0001.{direction}.sql") as refused:
        frozen.verify()

    assert refused.value.exit_code == 3


def test_a_missing_file_is_named(revision: Path) -> None:
    frozen = _pin(revision)
    (revision.parents[1] / "frozen" / "0001.down.sql").unlink()

    with pytest.raises(HistoryTampered, match=r"missing: 0001\.down\.sql"):
        frozen.verify()
