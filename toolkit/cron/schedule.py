"""Schedules: when a job is due, read as pg_cron reads them, in GMT.

Pure. The arithmetic of cron expressions is cronsim's; what pg_cron writes differently is translated
here.
"""

import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from cronsim import CronSim, CronSimError

from toolkit.errors import ToolkitError

_SECONDS = re.compile(r"\s*(\d+)\s+seconds?\s*\Z", re.IGNORECASE)
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_AT_START = "@reboot"
# Seconds came with 1.5, the last day of a month with 1.6.
_SECONDS_SINCE, _LAST_DAY_SINCE = (1, 5), (1, 6)
# Enough slots to meet the widest gap of every schedule that fires at least yearly.
_SLOTS_LOOKED_AT = 32


class ScheduleUnreadable(ToolkitError):
    """A schedule that pg_cron would not accept, or that its version here cannot run."""


@dataclass(frozen=True)
class Schedule:
    """When a job is due.

    Args:
        text: as pg_cron keeps it: five fields, `N seconds`, or a macro like `@daily`.

    Raises:
        ScheduleUnreadable: pg_cron would not accept it.
    """

    text: str

    def __post_init__(self) -> None:
        if self.seconds is not None or self.text == _AT_START:
            return
        try:
            CronSim(self._expression, datetime(2000, 1, 1))  # noqa: DTZ001 - any time will do
        except CronSimError as error:
            raise ScheduleUnreadable(
                f"schedule {self.text!r} cannot be read",
                detail=str(error),
                hint="Write minute, hour, day, month and weekday, like '0 2 * * *'; hours are GMT.",
            ) from error

    @cached_property
    def seconds(self) -> int | None:
        """The interval of `N seconds`; None for everything else."""
        found = _SECONDS.match(self.text)
        return int(found[1]) if found else None

    @property
    def is_clocked(self) -> bool:
        """Whether the clock decides when it is due; `@reboot` waits for a start of the server."""
        return self.text != _AT_START

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first time it is due after a moment; None when no clock says."""
        if self.seconds is not None:
            return moment + timedelta(seconds=self.seconds)
        return next(CronSim(self._expression, moment), None) if self.is_clocked else None

    def last_before(self, moment: datetime) -> datetime | None:
        """Return the last time it was due before a moment; None when no clock says."""
        if self.seconds is not None:
            return moment - timedelta(seconds=self.seconds)
        if not self.is_clocked:
            return None
        return next(CronSim(self._expression, moment, reverse=True), None)

    def period_from(self, moment: datetime) -> timedelta | None:
        """Return the longest time between two neighbouring times it is due; None without a clock.

        Looks at the next 32 only: an expression has no length by itself.
        """
        if self.seconds is not None:
            return timedelta(seconds=self.seconds)
        if not self.is_clocked:
            return None
        due = [slot for slot, _ in zip(self._slots(moment), range(_SLOTS_LOOKED_AT), strict=False)]
        gaps = [later - earlier for earlier, later in itertools.pairwise(due)]
        return max(gaps, default=None)

    def refuse_on(self, cron_version: str) -> None:
        """Refuse a schedule that a version of pg_cron cannot run.

        Args:
            cron_version: of the extension, like `1.4-1`.

        Raises:
            ScheduleUnreadable: it needs a newer one.
        """
        needed = self._since()
        if needed is not None and _version(cron_version) < needed:
            raise ScheduleUnreadable(
                f"pg_cron {cron_version} cannot run the schedule {self.text!r}",
                detail=f"it needs pg_cron {needed[0]}.{needed[1]} or newer",
                hint="Use whole minutes and numbered days, or upgrade pg_cron on the server.",
            )

    def _slots(self, moment: datetime) -> CronSim:
        return CronSim(self._expression, moment)

    def _since(self) -> tuple[int, int] | None:
        if self.seconds is not None:
            return _SECONDS_SINCE
        return _LAST_DAY_SINCE if "$" in self.text else None

    @property
    def _expression(self) -> str:
        return _MACROS.get(self.text, self.text).replace("$", "L")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])
