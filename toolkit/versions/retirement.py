"""May a function go? Only when the server counted its calls, since when is known, and saw none.

Reads three statistics and changes nothing: whoever is told yes removes the function by a revision.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import class_row

from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.versions.routine import Routine

_COUNTING = """
    select
        pg_catalog.current_setting('track_functions') as tracked,
        (
            select pg_settings.source
            from pg_catalog.pg_settings
            where pg_settings.name = 'track_functions'
        ) as source,
        pg_catalog.pg_conf_load_time() as configured_at,
        (
            select pg_stat_database.stats_reset
            from pg_catalog.pg_stat_database
            where pg_stat_database.datname = pg_catalog.current_database()
        ) as reset_at,
        pg_catalog.clock_timestamp() as now,
        pg_catalog.pg_is_in_recovery() as is_replica,
        coalesce(
            (
                select pg_stat_user_functions.calls
                from pg_catalog.pg_stat_user_functions
                where pg_stat_user_functions.funcid = %(oid)s::bigint::oid
            ),
            0
        ) as calls,
        array(
            select pg_catalog.format(
                '%%s%%s: %%s',
                coalesce(pg_roles.rolname, 'every role'),
                coalesce(' in ' || pg_database.datname, ''),
                setting.entry
            )
            from pg_catalog.pg_db_role_setting
            left join pg_catalog.pg_roles on pg_roles.oid = pg_db_role_setting.setrole
            left join pg_catalog.pg_database on pg_database.oid = pg_db_role_setting.setdatabase
            cross join unnest(pg_db_role_setting.setconfig) as setting (entry)
            where
                setting.entry = any (%(blind)s)
                and (
                    pg_db_role_setting.setdatabase = 0
                    or pg_database.datname = pg_catalog.current_database()
                )
            order by 1
        ) as blind
"""


class RetirementRefused(ToolkitError):
    """It is not known that nobody calls a function."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What a server says about its counting of calls.

    Args:
        tracked: track_functions: none, pl or all.
        source: where that was set.
        configured_at: when its configuration was last loaded.
        reset_at: when the database's counters began; None when they never were reset.
        now: by its clock.
        is_replica: whether it only follows another server.
        calls: of the function, since reset_at.
        blind: settings that keep the calls of a role from being counted.
    """

    tracked: str
    source: str
    configured_at: datetime
    reset_at: datetime | None
    now: datetime
    is_replica: bool
    calls: int
    blind: list[str]


@dataclass(frozen=True, slots=True)
class Retirement:
    """Leave to go.

    Args:
        routine: the function.
        since: no call was made since then.
        until: up to then.
        on_somebodys_word: whether a person vouched for the beginning.
    """

    routine: Routine
    since: datetime
    until: datetime
    on_somebodys_word: bool

    @property
    def window(self) -> timedelta:
        """How long nobody called."""
        return self.until - self.since

    @property
    def days(self) -> float:
        """The same in days."""
        return self.window / timedelta(days=1)


def read_counting(connection: Connection, routine: Routine) -> Counting:
    """Read what the server counted."""
    enough = {"all"} if routine.language == "sql" else {"all", "pl"}
    blind = [f"track_functions={value}" for value in ("none", "pl", "all") if value not in enough]
    with connection.cursor(row_factory=class_row(Counting)) as cursor:
        found = cursor.execute(_COUNTING, {"oid": routine.oid, "blind": blind}).fetchone()
    assert found is not None  # a select without a table always answers
    return found


def judge(
    routine: Routine, counting: Counting, *, least: timedelta, vouched_for: datetime | None = None
) -> Retirement:
    """Give a function leave to go, or say why not. Pure.

    Args:
        routine: which.
        counting: what the server counted.
        least: how long nobody must have called.
        vouched_for: since when a person knows that calls were counted.

    Raises:
        RetirementRefused: calls are not counted, nobody knows since when, they are too few days to
            tell, or there were calls.
    """
    _refuse_blindness(routine, counting)
    since = _window_begin(routine, counting, vouched_for)
    said_since = f"{since:%Y-%m-%d %H:%M}"
    if counting.calls:
        raise RetirementRefused(
            f"{routine.name} is still called",
            detail=f"calls since {said_since}: {counting.calls:,}",
            hint="Find the callers, move them to the new version, run select "
            f"pg_stat_reset_single_function_counters({routine.oid}), and ask again later.",
        )
    if counting.now - since < least:
        found, wanted = ((span / timedelta(days=1)) for span in (counting.now - since, least))
        raise RetirementRefused(
            f"too short a time to know that nobody calls {routine.name}",
            detail=f"calls are counted for certain since {said_since}: "
            f"{found:.1f} of {wanted:g} days",
            hint="Ask again later; or pass --since when you know that counting was on before.",
        )
    return Retirement(routine, since, counting.now, vouched_for is not None)


def _refuse_blindness(routine: Routine, counting: Counting) -> None:
    if routine.is_inlined:
        raise RetirementRefused(
            f"calls of {routine.name} cannot be counted",
            detail="it is a SQL function that the planner dissolves into the statement around it",
            hint="Search for its callers instead.",
        )
    if counting.is_replica:
        raise RetirementRefused(
            f"this server does not see every call of {routine.name}",
            detail="it is a replica, which counts its own calls only",
            hint="Ask the primary, and each replica besides.",
        )
    needed = "all" if routine.language == "sql" else "pl"
    if counting.tracked not in ("all", needed):
        raise RetirementRefused(
            f"calls of {routine.name} are not counted",
            detail=f"track_functions is {counting.tracked}; "
            f"functions in {routine.language} need {needed}",
            hint=f"Set track_functions = {needed} for the whole server, and ask again in a week.",
        )
    if counting.blind:
        raise RetirementRefused(
            f"not every call of {routine.name} is counted",
            detail="; ".join(counting.blind),
            hint="Reset track_functions for these, and ask again in a week.",
        )


def _window_begin(routine: Routine, counting: Counting, vouched_for: datetime | None) -> datetime:
    """Return since when every call was counted for certain."""
    if counting.reset_at is None:
        raise RetirementRefused(
            f"nobody knows since when calls of {routine.name} are counted",
            detail="the counters of this database were never reset, or a crash took them",
            hint="Run select pg_stat_reset() as a superuser, and ask again in a week.",
        )
    if vouched_for is not None:
        return max(counting.reset_at, vouched_for)
    if counting.source in ("database", "user", "database user", "session"):
        raise RetirementRefused(
            f"nobody knows since when calls of {routine.name} are counted",
            detail=f"track_functions is set for a {counting.source}, and the server keeps no date",
            hint="Pass --since when you know the date, or set it for the whole server.",
        )
    # It may have been switched on by the last load, and never earlier than that for certain.
    return max(counting.reset_at, counting.configured_at)
