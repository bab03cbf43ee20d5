"""The runner's bench: goals are held to, within the rounds, and the price of each gate is said."""

from benchmarks.engine.goals import spliced
from benchmarks.runner.goals import BEGIN, END, goals, render
from benchmarks.runner.measurements import Report
from benchmarks.runner.roads import (
    BARE,
    COMMAND,
    COMPARED,
    DUMPING,
    FLOOR,
    GATED,
    LOGGED,
    MATE,
    OURS,
    PSQL,
    SHELL,
    STARTED,
)

FIGURES = {
    PSQL: 100, MATE: 150, BARE: 110, DUMPING: 300, OURS: 120, LOGGED: 125, COMPARED: 520,
    GATED: 525, COMMAND: 620, SHELL: 660, STARTED: 490, FLOOR: 90,
}  # fmt: skip


def report(**changed: tuple[float, ...]) -> Report:
    samples = {name: (float(ms),) * 3 for name, ms in FIGURES.items()}
    names = {"ours": OURS, "psql": PSQL, "dbmate": MATE}
    return Report(
        "PostgreSQL 17.0, container",
        20,
        samples | {names[name]: values for name, values in changed.items()},
    )


def test_good_figures_reach_both_goals() -> None:
    assert [(goal.got, goal.reached) for goal in goals(report())] == [
        ("1.20 times", True),
        ("0.80 times", True),
    ]


def test_each_goal_can_be_missed() -> None:
    assert [goal.reached for goal in goals(report(psql=(70.0,) * 3))] == [False, True]
    assert [goal.reached for goal in goals(report(dbmate=(110.0,) * 3))] == [True, False]


def test_a_round_in_which_the_machine_was_slow_for_everybody_changes_nothing() -> None:
    busy = report(ours=(120.0, 1_200.0, 120.0), psql=(100.0, 1_000.0, 100.0))

    assert goals(busy)[0].got == "1.20 times"


def test_the_section_says_what_each_gate_costs_and_finds_its_place() -> None:
    section = render(report())

    assert "the run log 5 ms" in section
    assert "400 ms, 20 ms a revision" in section
    assert "takes 30 ms more than the server does" in section
    assert "alembic takes 500 ms more" in section
    assert "alembic takes 4.1 times as long as the command dbmate" in section
    assert "and hephaitos 4.4 times." in section
    assert f"| {OURS} | 120 | 1.20 | 1.09 |" in section
    page = spliced(f"# Performance\n\n{BEGIN}\nold\n{END}\n\nbelow\n", section)
    assert page == f"# Performance\n\n{section}\n\nbelow\n"
