"""What this machine can start, and how to get what it cannot."""

from dataclasses import dataclass

from toolkit.errors import ServerUnavailable
from toolkit.server import container
from toolkit.server.binaries import Binaries, find_embedded, find_local
from toolkit.settings import Settings

_INSTALL_CRON = "apt-get install postgresql-{major}-cron"


@dataclass(frozen=True, slots=True)
class KindReport:
    """One kind of scratch server on this machine.

    Args:
        kind: container, local or embedded.
        usable: whether it can be started.
        version: PostgreSQL's major version, when known.
        pg_cron: whether schedules will really fire.
        remedy: how to get what is missing; None when nothing is.
    """

    kind: str
    usable: bool
    version: int | None
    pg_cron: bool
    remedy: str | None


def survey(settings: Settings) -> tuple[KindReport, ...]:
    """Look at every kind, in the order `auto` tries them; starts nothing."""
    return (_container(), _local(settings), _embedded())


def _container() -> KindReport:
    usable = container.is_available()
    remedy = None if usable else "start a container engine (Docker, or one compatible with it)"
    return KindReport("container", usable, 17, pg_cron=True, remedy=remedy)


def _local(settings: Settings) -> KindReport:
    try:
        binaries = find_local(settings.pg_bin)
    except ServerUnavailable as error:
        return KindReport("local", usable=False, version=None, pg_cron=False, remedy=error.hint)
    remedy = None if binaries.pg_cron else _INSTALL_CRON.format(major=binaries.major)
    return _of("local", binaries, remedy)


def _embedded() -> KindReport:
    try:
        binaries = find_embedded()
    except ServerUnavailable as error:
        return KindReport("embedded", usable=False, version=None, pg_cron=False, remedy=error.hint)
    return _of("embedded", binaries, "no pg_cron in the wheel: use container or local for it")


def _of(kind: str, binaries: Binaries, remedy: str | None) -> KindReport:
    return KindReport(
        kind, usable=True, version=binaries.major, pg_cron=binaries.pg_cron, remedy=remedy
    )
