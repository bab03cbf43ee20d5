"""hephaitos cron: which jobs run, whether they do, and a job by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, emit
from toolkit.cli.progress import narrate
from toolkit.cli.target import named_target
from toolkit.connect import connect
from toolkit.cron import Board, Health, Outcome, Run, State, judge, read_board, read_runs, run_job
from toolkit.cron.running import find_job
from toolkit.errors import FINDINGS
from toolkit.settings import read_settings

_STYLES = {
    State.FINE: "green",
    State.RUNNING: "green",
    State.WAITING: "yellow",
    State.PAUSED: "yellow",
    State.OVERDUE: "bold red",
    State.FAILING: "bold red",
    State.BROKEN: "bold red",
}

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="The job's name.")]
OneJobArgument = Annotated[
    str | None, typer.Argument(metavar="[JOB]", help="Of this job only.", show_default=False)
]
NowOption = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        metavar="TIME",
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
        help="The time the job shall believe in, GMT; for catching up and for trying out. Goes "
        "into the routine's argument p_now.",
        show_default=False,
    ),
]
OwnerOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="Whose job, when several roles have one of this name.",
        show_default=False,
    ),
]
MostOption = Annotated[int, typer.Option("--last", min=1, help="How many runs, newest first.")]

app = typer.Typer(no_args_is_help=True, help="Jobs of pg_cron: see whether they run; run one.")


@app.command("status")
def status(database_url: DatabaseUrlOption = None, form: FormatOption = Format.TEXT) -> int:
    """Say of each job when it runs next, when it last did, and whether somebody has to act.

    Hours are GMT, as pg_cron's are. Changes nothing. Exits with 2 when a job is overdue, failing
    or cannot run.
    """
    settings = read_settings(database_url=database_url)
    with connect(named_target(settings)) as connection:
        board = read_board(connection)
    healths = tuple(judge(board, job) for job in board.jobs)
    emit(form, _document(board, healths), lambda: _render(board, healths), whole_lines=True)
    return FINDINGS if any(health.is_bad for health in healths) else 0


@app.command("run")
def run(
    job: JobArgument,
    now: NowOption = None,
    role: OwnerOption = None,
    database_url: DatabaseUrlOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Run a job now, as its role, and print what it returned.

    Works on every server, also where pg_cron is a stub: an outside scheduler can drive the same
    routines. Jobs are safe to run twice and beside themselves.
    """
    settings = read_settings(database_url=database_url)
    with connect(named_target(settings)) as connection, narrate() as narrator:
        found = find_job(read_board(connection), job, role)
        narrator.step(f"{found.title}, as {found.role}")
        at = None if now is None else now.replace(tzinfo=UTC)
        outcome = run_job(connection, found, now=at, progress=narrator.step)
    emit(form, _outcome_document(outcome), lambda: _render_outcome(outcome))
    return 0


@app.command("history")
def history(
    job: OneJobArgument = None,
    most: MostOption = 20,
    database_url: DatabaseUrlOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """List the newest runs that pg_cron recorded, with what each said."""
    settings = read_settings(database_url=database_url)
    with connect(named_target(settings)) as connection:
        board = read_board(connection)
        if job is not None:
            find_job(board, job, None)
        runs = read_runs(connection, job, most)
    emit(form, [_run_document(one) for one in runs], lambda: _render_runs(board, runs))
    return 0


def _render(board: Board, healths: tuple[Health, ...]) -> RenderableType:
    lines = [line for health in healths for line in _lines(health)]
    lines += [Text(f"blind: {sentence}", "bold red") for sentence in board.blind]
    version = f"pg_cron {board.version}" if board.version else "pg_cron is a stub, nothing fires"
    bad = sum(health.is_bad for health in healths)
    count = f"{len(healths)} jobs in {board.database}, {bad} to act on"
    return Group(*lines, Text(f"{count}; {version}; {_time(board.now)} GMT"))


def _lines(health: Health) -> Iterator[Text]:
    job = health.job
    yield Text.assemble((job.title, "bold"), "  ", (health.state, _STYLES[health.state]))
    if health.reason:
        yield Text(f"    {health.reason}", "bold red")
    ran = f"last success {_time(job.last_success)}" if job.last_success else "no success on record"
    due = f"; next {_time(health.next_run)}" if health.next_run else ""
    yield Text(f"    {job.schedule} as {job.role}; {ran}{due}", "dim")


def _document(board: Board, healths: tuple[Health, ...]) -> dict[str, Any]:
    return {
        "database": board.database,
        "now": board.now.isoformat(),
        "pg_cron": board.version,
        "launcher": board.is_launching,
        "blind": list(board.blind),
        "jobs": [
            {
                "job": health.job.title,
                "role": health.job.role,
                "schedule": health.job.schedule,
                "command": health.job.command,
                "active": health.job.is_active,
                "state": str(health.state),
                "reason": health.reason,
                "next_run": _iso(health.next_run),
                "last_run": _iso(health.job.last_run),
                "last_success": _iso(health.job.last_success),
                "period_s": None if health.period is None else health.period.total_seconds(),
                "failures": health.job.failure_count,
                "running": health.job.is_running,
            }
            for health in healths
        ],
    }


def _render_outcome(outcome: Outcome) -> RenderableType:
    rows = [
        Text(", ".join(f"{name} {value}" for name, value in row.items()))
        for row in outcome.returned
    ]
    return Group(*rows, Text(f"{outcome.job.title}: done in {outcome.elapsed_ms:.0f} ms"))


def _outcome_document(outcome: Outcome) -> dict[str, Any]:
    return {
        "job": outcome.job.title,
        "role": outcome.job.role,
        "statement": outcome.statement,
        "returned": list(outcome.returned),
        "elapsed_ms": round(outcome.elapsed_ms, 1),
    }


def _render_runs(board: Board, runs: tuple[Run, ...]) -> RenderableType:
    table = Table("job", "role", "status", "started", "took", "message", box=None)
    for one in runs:
        table.add_row(
            one.job, one.role, one.status, _time(one.started_at), _took(one), one.message or ""
        )
    blind = [Text(f"blind: {sentence}", "bold red") for sentence in board.blind]
    return Group(table, *blind, Text(f"{len(runs)} runs; times are GMT"))


def _run_document(one: Run) -> dict[str, Any]:
    return {
        "job": one.job,
        "role": one.role,
        "status": one.status,
        "started_at": _iso(one.started_at),
        "ended_at": _iso(one.ended_at),
        "message": one.message,
        "command": one.command,
    }


def _took(one: Run) -> str:
    if one.started_at is None or one.ended_at is None:
        return ""
    elapsed: timedelta = one.ended_at - one.started_at
    return f"{elapsed.total_seconds():.1f} s"


def _time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
