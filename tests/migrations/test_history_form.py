"""The history as files: one straight line, docstrings a person on call can read, sql/ inside it."""

import re
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from toolkit.freeze.copies import copies_at
from toolkit.history import Revision, verify_history
from toolkit.trace import read_budget

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = ScriptDirectory.from_config(Config(str(PROJECT / "alembic.ini")))
REVISIONS = list(reversed(list(SCRIPT.walk_revisions())))
SOURCES = sorted((PROJECT / "sql").rglob("*.sql"))
FROZEN = sorted((PROJECT / "migrations" / "frozen").glob("*.up.sql"), reverse=True)
FILE_NAME = re.compile(r"^\d{4}_[a-z]+_[a-z_]+\.py$")


def _name(item: Path | Script) -> str:
    return item.name if isinstance(item, Path) else str(item.revision)


def test_history_is_one_line_numbered_from_one() -> None:
    verify_history(SCRIPT)

    assert [script.revision for script in REVISIONS] == [
        f"{number:04d}" for number in range(1, len(REVISIONS) + 1)
    ]


@pytest.mark.parametrize("revision", REVISIONS, ids=_name)
def test_a_revision_is_named_for_what_it_does_and_says_what_it_costs(revision: Script) -> None:
    assert FILE_NAME.match(Path(revision.path).name)
    words = revision.module.__doc__ or ""
    assert words.splitlines()[0].endswith(".")
    assert re.search(r"^Locks:   \S", words, re.MULTILINE)
    assert re.search(r"^Rewrite: \S", words, re.MULTILINE)
    assert re.search(r"^Reverse: \S", words, re.MULTILINE)
    # What it says of locks and rewrites can be held against a trace: docs/guides/locks.md.
    read_budget(Revision(revision.revision, None, words, None))


@pytest.mark.parametrize("frozen", FROZEN, ids=_name)
def test_frozen_sql_bounds_its_wait_before_it_waits(frozen: Path) -> None:
    down = frozen.with_name(frozen.name.replace(".up.", ".down."))

    for path in (frozen, down):
        assert path.read_text(encoding="utf-8").startswith("set local lock_timeout = ")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_source_stands_word_for_word_in_the_newest_revision_that_has_it(
    source: Path,
) -> None:
    text = source.read_text(encoding="utf-8").strip()
    statements = [line for line in text.splitlines() if line and not line.startswith("--")]
    # A trigger's first line holds its name, which others share; the second its table.
    start = text.index(statements[0])
    beginning = text[start : text.index(statements[1], start) + len(statements[1])]

    newest = next((path for path in FROZEN if beginning in _unquoted(path)), None)

    assert newest is not None, f"no revision has {source.name}"
    assert text in _unquoted(newest), f"{newest.name} has another {source.name}"


def _unquoted(path: Path) -> str:
    """Return a script with the files that it quotes, because planned statements make them."""
    return re.sub(r"^--\| ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_newest_copy_of_every_source_is_found_so_that_a_way_back_can_restore_it() -> None:
    texts = {str(path.relative_to(PROJECT)): path.read_text("utf-8").strip() for path in SOURCES}

    assert copies_at(reversed(FROZEN), texts) == texts


def test_every_frozen_file_belongs_to_a_revision() -> None:
    numbers = {path.name[:4] for path in (PROJECT / "migrations" / "frozen").iterdir()}

    assert numbers == {script.revision for script in REVISIONS}


@pytest.mark.parametrize(
    "source",
    [path for path in SOURCES if path.parts[-3] in {"functions", "triggers"}],
    ids=lambda path: str(path.relative_to(PROJECT)),
)
def test_every_function_and_trigger_has_a_test_file_of_its_name(source: Path) -> None:
    room = PROJECT / "tests" / "database"
    own = room / f"test_{source.parent.name}_{source.stem.replace('.', '_')}.py"
    # A trigger that many tables carry is tested on all of them in one file.
    common = room / f"test_{source.stem.rpartition('.')[2]}.py"
    carriers = list(source.parent.glob(f"*.{source.stem.rpartition('.')[2]}.sql"))

    assert own.is_file() or (len(carriers) > 2 and common.is_file())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_source_answers_a_reviewer_s_questions(source: Path) -> None:
    text = source.read_text(encoding="utf-8")

    for question in ("purpose", "security", "complexity", "callers"):
        assert re.search(rf"^-- {question}:\s+\S", text, re.MULTILINE), f"no {question}"
