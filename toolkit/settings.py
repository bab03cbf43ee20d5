"""Settings: where the project is, which database is meant, which scratch server to use.

Read once, here: flag over environment over pyproject.toml over default. Nothing else in the
toolkit looks at the environment for a choice of the user's.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from toolkit.errors import SettingsError

SERVER_KINDS = ("auto", "container", "local", "embedded")
PRIVILEGE_REGIMES = ("2026", "legacy")
_MARKER = "alembic.ini"

_Declaration = TypeVar("_Declaration", "RoleDeclaration", "DemoDeclaration")


@dataclass(frozen=True, slots=True)
class RoleDeclaration:
    """A role of the tenant: a prerequisite, because roles belong to the cluster."""

    name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class DemoDeclaration:
    """What `hephaitos demo` shows of the tenant.

    Args:
        workload: its name.
        variants: those of it that a newcomer has met before.
        data: the name of a size.
    """

    workload: str
    variants: tuple[str, ...]
    data: str


@dataclass(frozen=True, slots=True)
class Settings:
    """One answer to each question a command may ask.

    Args:
        project_root: the folder that holds alembic.ini, sql/ and migrations/.
        database_url: the target, a libpq URI; None when nobody named one.
        server_kind: which scratch server to start; one of SERVER_KINDS.
        default_privileges: which of Supabase's two regimes a scratch server has.
        pg_bin: a folder with PostgreSQL's programs that `local` must use.
        roles: what the tenant declares in [[tool.hephaitos.roles]].
        tenant: the whole of [tool.hephaitos], for declarations that other modules parse.
    """

    project_root: Path
    database_url: str | None = None
    server_kind: str = "auto"
    default_privileges: str = "2026"
    pg_bin: Path | None = None
    roles: tuple[RoleDeclaration, ...] = ()
    tenant: Mapping[str, Any] = field(default_factory=dict)

    @property
    def demo(self) -> DemoDeclaration:
        """The tenant's [tool.hephaitos.demo].

        Raises:
            SettingsError: it is missing or incomplete.
        """
        return _declared(DemoDeclaration, "[tool.hephaitos.demo]", self.tenant.get("demo", {}))

    @property
    def state_folder(self) -> Path:
        """Where this checkout keeps what outlives a command; ignored by git."""
        return self.project_root / ".hephaitos"


def read_settings(
    *,
    database_url: str | None = None,
    server_kind: str | None = None,
    default_privileges: str | None = None,
    start: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Settle every choice.

    Args:
        database_url: the flag's value, None when not given.
        server_kind: the same.
        default_privileges: the same.
        start: where to begin looking for the project; the current folder when None.
        environment: HEPHAITOS_DATABASE_URL, HEPHAITOS_SERVER, HEPHAITOS_DEFAULT_PRIVILEGES, PG_BIN.

    Raises:
        SettingsError: no project here or above, or a value outside its list.
    """
    root = find_project(start or Path.cwd())
    tenant = _read_tenant(root / "pyproject.toml")
    pg_bin = environment.get("PG_BIN")
    return Settings(
        project_root=root,
        database_url=database_url or environment.get("HEPHAITOS_DATABASE_URL") or None,
        server_kind=_one_of(
            "server kind",
            server_kind or environment.get("HEPHAITOS_SERVER") or "auto",
            SERVER_KINDS,
        ),
        default_privileges=_one_of(
            "default-privileges regime",
            default_privileges or environment.get("HEPHAITOS_DEFAULT_PRIVILEGES") or "2026",
            PRIVILEGE_REGIMES,
        ),
        pg_bin=Path(pg_bin) if pg_bin else None,
        roles=tuple(
            _declared(RoleDeclaration, "[[tool.hephaitos.roles]]", entry)
            for entry in tenant.get("roles", ())
        ),
        tenant=tenant,
    )


def find_project(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds alembic.ini.

    Raises:
        SettingsError: there is none up to the root of the file system.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / _MARKER).is_file():
            return folder
    raise SettingsError(
        f"no project at {start}",
        detail=f"neither this folder nor one above it holds {_MARKER}",
        hint="Run the command inside a checkout of the project.",
    )


def _read_tenant(path: Path) -> Mapping[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path.name} cannot be read",
            detail=str(error),
            hint="Correct the file at the place named.",
        ) from error
    tenant: Mapping[str, Any] = document.get("tool", {}).get("hephaitos", {})
    return tenant


def _declared(kind: type[_Declaration], where: str, entry: Mapping[str, Any]) -> _Declaration:
    """Make a declaration from a table of pyproject.toml: its keys are the fields."""
    wanted, found = {field.name for field in fields(kind)}, set(entry)
    if wanted == found:
        return kind(**entry)
    raise SettingsError(
        f"{where} in pyproject.toml has the wrong keys",
        detail=f"missing: {_listed(wanted - found)}; unknown: {_listed(found - wanted)}",
        hint=f"Give every {where} exactly {_listed(wanted)}.",
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> str:
    if value in allowed:
        return value
    raise SettingsError(
        f"unknown {what}: {value}",
        detail=f"known are {', '.join(allowed)}",
        hint=f"Choose one of {', '.join(allowed)}.",
    )
