"""Snapshots: only what changed is written, and all of it comes back."""

import json
from pathlib import Path

import pytest

from toolkit.catalog import Fact, Facts, Identity, Kind, Snapshots
from toolkit.catalog.snapshots import SnapshotMissing, SnapshotTampered
from toolkit.errors import TAMPERED

TABLE = Identity(Kind.TABLE, "shop", "orders")
VIEW = Identity(Kind.VIEW, "shop", "Große")
ROLE = Identity(Kind.ROLE, "", "anon")
FIRST = Facts.of(
    17, [Fact(TABLE, (("column_order", ("a", "b")), ("owner", "@migrator"))), Fact(ROLE)]
)
SECOND = Facts.of(
    17,
    [
        Fact(TABLE, (("column_order", ("a", "b")), ("owner", "eve"), ("row_security", True))),
        Fact(VIEW, (("definition", "select 'ü'"),), parent=TABLE, needs=(TABLE,)),
        Fact(ROLE),
    ],
)
THIRD = Facts.of(17, [Fact(VIEW, (("definition", "select 'ü'"),), parent=TABLE, needs=(TABLE,))])


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    """Three revisions, written down one after the other."""
    snapshots = Snapshots(tmp_path / "snapshots")
    snapshots.write("0001", None, FIRST)
    snapshots.write("0002", "0001", SECOND)
    snapshots.write("0003", "0002", THIRD)
    return snapshots


@pytest.mark.parametrize(
    ("revision", "facts"), [("0001", FIRST), ("0002", SECOND), ("0003", THIRD)]
)
def test_what_was_written_is_what_is_read(
    snapshots: Snapshots, revision: str, facts: Facts
) -> None:
    read = snapshots.read(revision, 17)

    assert read.by_identity == facts.by_identity
    assert [(fact.parent, fact.needs) for fact in read] == [
        (fact.parent, fact.needs) for fact in facts
    ]
    assert read.fingerprint == facts.fingerprint


def test_a_file_holds_only_what_its_revision_changed(snapshots: Snapshots) -> None:
    lines = snapshots.path("0003", 17).read_text(encoding="utf-8").splitlines()

    assert [json.loads(line) for line in lines[1:]] == [
        [["role", "", "anon", ""]],
        [["table", "shop", "orders", ""]],
    ]


def test_foreign_facts_are_not_written(tmp_path: Path) -> None:
    foreign = Fact(VIEW, origin=Fact(VIEW).origin.FOREIGN)
    snapshots = Snapshots(tmp_path)

    snapshots.write("0001", None, Facts.of(17, [Fact(TABLE), foreign]))

    assert set(snapshots.read("0001", 17).by_identity) == {TABLE}


def test_a_revision_without_a_snapshot_is_refused_by_name(snapshots: Snapshots) -> None:
    with pytest.raises(SnapshotMissing, match="revision 0002 on PostgreSQL 16") as refused:
        snapshots.read("0002", 16)

    assert "17" in refused.value.detail
    assert "hephaitos facts --write" in refused.value.hint


def test_a_missing_link_is_refused(snapshots: Snapshots) -> None:
    snapshots.path("0001", 17).unlink()

    with pytest.raises(SnapshotMissing, match="0001"):
        snapshots.read("0003", 17)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_edited_snapshot_does_not_add_up(snapshots: Snapshots, revision: str) -> None:
    path = snapshots.path("0002", 17)
    path.write_text(path.read_text(encoding="utf-8").replace("eve", "ann"), encoding="utf-8")

    if revision == "0001":
        assert snapshots.read(revision, 17) is not None
        return
    with pytest.raises(SnapshotTampered) as refused:
        snapshots.read(revision, 17)
    assert refused.value.exit_code == TAMPERED


def test_another_format_is_refused(snapshots: Snapshots) -> None:
    path = snapshots.path("0001", 17)
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 2'))

    with pytest.raises(SnapshotTampered, match="another format"):
        snapshots.read("0001", 17)


def test_majors_are_told_apart(snapshots: Snapshots) -> None:
    snapshots.write("0001", None, Facts.of(15, FIRST))

    assert snapshots.majors("0001") == (15, 17)
    assert snapshots.majors("0002") == (17,)
