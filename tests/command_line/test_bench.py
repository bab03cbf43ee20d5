"""hephaitos bench: which workloads there are, what it prints, and the code it ends with."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from toolkit.cli import app
from toolkit.server import Server, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.command_line.conftest import Run

PROJECT = Path(__file__).resolve().parents[2]
# Another tenant's workload beside our history: small, so that the command is what takes the time.
WORKLOAD = """
    from toolkit.bench.workload import Goal, Measure, Variant, Workload

    def twice(client, size):
        return [client.connection.execute("select 1").fetchone() for _ in range(2)]

    def once(client, size):
        return client.connection.execute("select 1 from generate_series(1, 2)").fetchall()

    WORKLOAD = Workload(
        name="count_ones", question="two ones", axis="ones", columns=("one",),
        sizes={0: (2,)}, headline=2, baseline="twice", candidate="once",
        subject=lambda connection, size: size,
        sign_in=lambda connection, size: connection.execute("set role authenticated"),
        variants=(Variant("twice", "two statements", twice), Variant("once", "one", once)),
        floor=Variant("floor", "the same", once),
        goals=(Goal(Measure.TIME, MOST, "floor"),),
    )
"""
DATASET = """
    def load(server, *, database, size, progress):
        return {}
"""


@pytest.fixture
def bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> Iterator[Callable[..., Result]]:
    """Return what runs the command in a project of the test's own, on the run's server."""
    for name in ("alembic.ini", "migrations", "server", "pyproject.toml"):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "dataset.py").write_text(dedent(DATASET))
    ours = {name: module for name, module in sys.modules.items() if name.startswith("benchmarks")}
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEPHAITOS_DATABASE_URL", raising=False)
    monkeypatch.setattr(standing, "current", lambda _settings: server)

    def run(*arguments: str, most: float = 100.0) -> Result:
        text = dedent(WORKLOAD).replace("MOST", str(most))
        (tmp_path / "benchmarks" / "count_ones.py").write_text(text)
        return CliRunner().invoke(app, ["bench", *arguments], standalone_mode=False)

    yield run
    for name in [name for name in sys.modules if name.startswith("benchmarks")]:
        del sys.modules[name]
    sys.modules.update(ours)


def test_variants_stand_side_by_side_and_all_is_well(bench: Callable[..., Result]) -> None:
    ran = bench("count_ones")

    assert ran.return_value == 0, ran.output
    rows = {line.split()[0]: line.split()[1:3] for line in ran.stdout.splitlines() if line.strip()}
    assert rows["twice"] == ["2", "2"]
    assert rows["once"] == rows["floor"] == ["1", "1"]
    assert "equal answers, then counters, then clocks" in " ".join(ran.stderr.split())


def test_machines_get_every_workload_with_its_goals(bench: Callable[..., Result]) -> None:
    ran = bench("--format", "json")

    (found,) = json.loads(ran.stdout)["workloads"]
    assert found["workload"] == "count_ones"
    assert [goal["reached"] for goal in found["goals"]] == [True]
    assert {record["variant"] for record in found["benchmark"]} == {"twice", "once", "floor"}


def test_a_missed_goal_ends_with_a_code_of_its_own(bench: Callable[..., Result]) -> None:
    ran = bench("count_ones", "--format", "html", most=0.001)

    assert ran.return_value == 2
    assert ran.stdout.startswith("<!doctype html>")
    assert 'class="missed"' in ran.stdout


def test_other_distances_can_be_asked_for(bench: Callable[..., Result]) -> None:
    ran = bench("count_ones", "--rtt", "2", "--format", "json")

    (found,) = json.loads(ran.stdout)["workloads"]
    assert {(record["rtt_ms"], record["ones"]) for record in found["benchmark"]} == {(2, 2)}
    assert found["benchmark"][0]["p50_ms"] >= 4


def test_the_workloads_are_listed_with_what_they_ask(run: Run) -> None:
    ran = run("bench", "--list")

    names = {line.partition(":")[0] for line in ran.out.splitlines()}
    assert ran.code == 0
    assert {"get_strategies_with_performance", "get_dashboard", "create_backtest_job"} <= names
    assert all(line.partition(": ")[2] for line in ran.out.splitlines())


def test_an_unknown_workload_is_refused_with_the_ones_there_are(run: Run) -> None:
    ran = run("bench", "get_rich")

    assert (ran.code, ran.out) == (1, "")
    assert "error: no workload named get_rich" in ran.err
    assert "get_dashboard" in ran.err


def test_it_never_works_beside_a_named_database(run: Run) -> None:
    ran = run("bench", environment={"HEPHAITOS_DATABASE_URL": "postgresql://a@127.0.0.1:1/b"})

    assert (ran.code, ran.out) == (1, "")
    assert "refusing to work beside" in ran.err
