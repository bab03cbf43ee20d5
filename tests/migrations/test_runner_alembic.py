"""Plain Alembic through our env.py: its users find what they know, and what is refused says why."""

import pytest

from tests.migrations.projects import SmallProject
from tests.migrations.runners import Nursery
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.errors import HistoryError
from toolkit.runner import Ending, current_revision, offline_sql, upgrade
from toolkit.runner.turn import Seat, take


@pytest.fixture
def three(project: SmallProject) -> SmallProject:
    """Three tables, one a revision."""
    for name in ("one", "two", "three"):
        project.add(f"create table public.{name} (id int);", f"drop table public.{name};")
    return project


def test_upgrade_downgrade_current_and_stamp_go_where_they_are_told(
    three: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    for arguments, reached in (
        (("upgrade", "+1"), "0001"),
        (("upgrade", "0002"), "0002"),
        (("upgrade", "head"), "0003"),
        (("upgrade", "head"), "0003"),
        (("downgrade", "-1"), "0002"),
        (("downgrade", "0001"), "0001"),
        (("upgrade", "+2"), "0003"),
        (("downgrade", "base"), None),
        (("stamp", "0002"), "0002"),
        (("stamp", "--purge", "head"), "0003"),
        (("stamp", "base"), None),
    ):
        runner = forked.start(three.root, url, *arguments)
        assert runner.wait() == 0, (arguments, runner.words)
        assert current_revision(url) == reached, arguments

    with connect(url) as connection:
        logged = connection.execute(
            "select direction, from_revision, to_revision, outcome from hephaitos.runs order by id"
        ).fetchall()
    assert logged[-4:] == [
        ("downgrade", "0003", None, "done"),
        ("stamp", None, "0002", "done"),
        ("stamp", "0002", "0003", "done"),
        ("stamp", "0003", None, "done"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("current",), 0, "0002"),
        (("history",), 0, "0002 -> 0003 (head), Test 0003."),
        (("history", "-r", "current:head"), 0, "0002 -> 0003 (head)"),
        (("heads",), 0, "0003 (head)"),
        (("show", "0002"), 0, "Parent: 0001"),
        (("upgrade", "0099"), 255, "Can't locate revision identified by '0099'"),
        (("upgrade", "+7"), 255, "Relative revision +7 didn't produce 7 migrations"),
        (("downgrade", "0003"), 255, "is not a valid downgrade target"),
        (("downgrade", "base", "--sql"), 255, "downgrade with --sql requires <fromrev>:<torev>"),
        (("upgrade", "0001", "-x", "lock_budget=never"), 1, "option lock_budget cannot be read"),
    ],
)
def test_what_looks_or_is_mistaken_answers_as_alembic_does(
    three: SmallProject,
    forked: Nursery,
    pristine_database: Database,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    upgrade(three.root, pristine_database.url, "0002")

    runner = forked.start(three.root, pristine_database.url, *_x_first(arguments))

    assert runner.wait() == code, runner.words
    assert words in runner.words
    assert current_revision(pristine_database.url) == "0002"


def test_sql_is_the_script_of_the_same_way_in_both_directions(three: SmallProject) -> None:
    up, down = offline_sql(three.root, "0001:head"), offline_sql(three.root, "0003:base", down=True)

    assert [line for line in up.splitlines() if "table public" in line] == [
        "create table public.two (id int);",
        "create table public.three (id int);",
    ]
    assert [line for line in down.splitlines() if "table public" in line] == [
        "drop table public.three;",
        "drop table public.two;",
        "drop table public.one;",
    ]
    assert up.count("BEGIN;") == up.count("COMMIT;") == 2
    assert "UPDATE alembic_version SET version_num='0003'" in up


def test_history_that_forks_is_refused_before_anything_is_run(
    three: SmallProject, pristine_database: Database
) -> None:
    three.add("create table public.fork (id int);", "drop table public.fork;", parent="0002")

    with pytest.raises(HistoryError, match="history forks into 2 heads"):
        upgrade(three.root, pristine_database.url)

    assert current_revision(pristine_database.url) is None


def test_a_fork_that_was_merged_is_still_no_line(
    three: SmallProject, pristine_database: Database
) -> None:
    fork = three.add("select 1;", "select 1;", parent="0002")
    merge = three.add("select 1;", "select 1;")
    path = three.root / "migrations" / "versions" / f"{merge}_make_step.py"
    text = path.read_text(encoding="utf-8")
    both = f'down_revision = ("0003", "{fork}")'
    path.write_text(text.replace(f"down_revision = '{fork}'", both), encoding="utf-8")

    with pytest.raises(HistoryError, match="history is no straight line at 0005") as refused:
        upgrade(three.root, pristine_database.url)

    assert "it follows 0003 and 0004" in refused.value.detail
    assert current_revision(pristine_database.url) is None


def test_a_relative_target_means_the_same_after_a_retry(
    three: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    for table in ("two", "one", "three"):
        three.add(f"alter table public.{table} add a int;", f"alter table public.{table} drop a;")
    upgrade(three.root, url, "0003")
    with connect(url, autocommit=False) as blocker:
        blocker.execute("select from public.one")
        runner = forked.start(three.root, url, "-x", "lock_budget=100ms", "upgrade", "+2")
        runner.wait_for("; rolled back, try", 2)
        blocker.rollback()

    assert runner.wait() == 0, runner.words
    assert "revision 0004: done in" in runner.words  # before the first retry
    assert current_revision(url) == "0005"


def test_two_that_both_want_one_more_take_it_together_one_further(
    three: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    with connect(url) as holder:
        take(Seat.GUARD, holder, asker=holder, wait_s=0)
        runners = [forked.start(three.root, url, "upgrade", "+1") for _ in range(2)]
        for runner in runners:
            runner.wait_for("another runner is at work", 1)

    assert [runner.wait() for runner in runners] == [0, 0]
    assert current_revision(url) == "0001"
    said = "".join(runner.words for runner in runners)
    assert said.count("revision 0001: done in") == 1
    assert said.count("another runner took the database to 0001") == 1


def test_a_runner_that_wants_further_than_the_first_goes_on_from_there(
    three: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    with connect(url) as holder:
        take(Seat.GUARD, holder, asker=holder, wait_s=0)
        runner = forked.start(three.root, url, "upgrade", "head")
        runner.wait_for("another runner is at work", 1)
        # Whoever holds the turn moves the database meanwhile.
        holder.execute(offline_sql(three.root, "head").split("-- Running upgrade 0001")[0].encode())

    assert runner.wait() == 0, runner.words
    assert "revision 0001" not in runner.words
    assert current_revision(url) == "0003"


def test_a_runner_whose_way_was_left_is_refused(
    three: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    upgrade(three.root, url, "0002")
    with connect(url) as holder:
        take(Seat.GUARD, holder, asker=holder, wait_s=0)
        runner = forked.start(three.root, url, "downgrade", "0001")
        runner.wait_for("another runner is at work", 1)
        holder.execute("update alembic_version set version_num = '0003'")

    assert runner.wait() == 1
    assert "error: the database went to 0003 while this run waited" in runner.words


def test_nothing_to_do_is_said_and_is_no_failure(
    three: SmallProject, pristine_database: Database
) -> None:
    first = upgrade(three.root, pristine_database.url)
    second = upgrade(three.root, pristine_database.url)

    assert (first.ending, first.start, first.reached) == (Ending.DONE, None, "0003")
    assert (second.ending, second.start, second.reached) == (Ending.NOTHING_TO_DO, "0003", "0003")
    assert second.steps == ()


def _x_first(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Put -x where Alembic takes it: before the command."""
    if "-x" not in arguments:
        return arguments
    place = arguments.index("-x")
    return (*arguments[place : place + 2], *arguments[:place])
