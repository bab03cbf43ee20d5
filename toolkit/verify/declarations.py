"""What the tenant declares about itself in pyproject.toml, and verification holds it to.

Every name that verification knows of a tenant or a platform comes from here. Nothing has a default
that would make a check pass by looking at nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import SettingsError

_TABLE = "[tool.hephaitos]"


@dataclass(frozen=True, slots=True)
class Isolation:
    """One function that answers for one tenant, and whose isolation is to be proven.

    Args:
        function: its signature, like `public.read_notes(uuid, integer)`.
        tenant_argument: the name of the parameter that says whose data is asked for.
        arguments: a query with the parameter %(tenant)s that returns one row, whose columns are
            named like the remaining parameters: arguments that make sense for that tenant. None
            when every remaining parameter has a default, or there is none.
        deletion: a statement with these parameters that deletes what they name; None when nothing
            can be deleted. Scratch databases only.
    """

    function: str
    tenant_argument: str
    arguments: str | None = None
    deletion: str | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """One function that answers every caller who may call it alike.

    Args:
        function: its signature; each of its parameters has a default.
        reason: why no tenant has to be told apart, for whoever reads the declaration.
    """

    function: str
    reason: str


@dataclass(frozen=True, slots=True)
class Declarations:
    """The tenant in names.

    Args:
        schemas: hold the tenant's objects.
        private_schemas: those of them that no role of the API may enter.
        api_roles: whatever a request can run as without being a service.
        anonymous_role: the one of them for requests without a sign-in.
        service_role: may act for every tenant.
        tenant_column: the column that says whose a row is.
        public_tables: qualified tables and views that everybody may read.
        tenants: a query that returns the ids of at least three tenants with data, better four; None
            when no function is declared in `isolation` or `shared`.
        isolation: functions whose isolation is to be proven.
        shared: functions that have to answer everybody alike.
        tenant_deletion: a statement with the parameter %(tenant)s that deletes a tenant with all
            they own; None when that cannot be. Scratch databases only.
        proofs: the folder, from the project's root, where each of these functions promises what no
            catalog shows; None when none promises anything.
    """

    schemas: tuple[str, ...]
    private_schemas: tuple[str, ...]
    api_roles: tuple[str, ...]
    anonymous_role: str
    service_role: str
    tenant_column: str
    public_tables: tuple[str, ...] = ()
    tenants: str | None = None
    isolation: tuple[Isolation, ...] = ()
    shared: tuple[Shared, ...] = ()
    tenant_deletion: str | None = None
    proofs: str | None = None

    @property
    def proven_functions(self) -> tuple[str, ...]:
        """Signatures of all functions that a proof about callers is declared for."""
        isolated = tuple(declared.function for declared in self.isolation)
        return isolated + tuple(declared.function for declared in self.shared)

    @property
    def signed_in_roles(self) -> tuple[str, ...]:
        """The roles of the API that stand for somebody."""
        return tuple(role for role in self.api_roles if role != self.anonymous_role)


def read_declarations(tenant: Mapping[str, Any]) -> Declarations:
    """Read the declarations out of [tool.hephaitos].

    Args:
        tenant: that table of pyproject.toml.

    Raises:
        SettingsError: something is missing, has the wrong type or contradicts the rest.
    """
    api_roles = _names(tenant, "api_roles")
    anonymous_role = _name(tenant, "anonymous_role")
    if anonymous_role not in api_roles:
        raise SettingsError(
            "the anonymous role in pyproject.toml is no role of the API",
            detail=f"anonymous_role is {anonymous_role}, api_roles are {', '.join(api_roles)}",
            hint=f"Add {anonymous_role} to api_roles in {_TABLE}.",
        )
    isolation = tuple(_isolation(entry) for entry in tenant.get("isolation", ()))
    return Declarations(
        schemas=_names(tenant, "schemas"),
        private_schemas=_names(tenant, "private_schemas", fewest=0),
        api_roles=api_roles,
        anonymous_role=anonymous_role,
        service_role=_name(tenant, "service_role"),
        tenant_column=_name(tenant, "tenant_column"),
        public_tables=_names({"public_tables": [], **tenant}, "public_tables", fewest=0),
        tenants=_name(tenant, "tenants") if isolation or tenant.get("shared") else None,
        isolation=isolation,
        shared=tuple(
            Shared(_name(entry, "function"), _name(entry, "reason"))
            for entry in tenant.get("shared", ())
        ),
        tenant_deletion=_optional_name(tenant, "tenant_deletion"),
        proofs=_optional_name(tenant, "proofs"),
    )


def _isolation(entry: Mapping[str, Any]) -> Isolation:
    return Isolation(
        function=_name(entry, "function"),
        tenant_argument=_name(entry, "tenant_argument"),
        arguments=_optional_name(entry, "arguments"),
        deletion=_optional_name(entry, "deletion"),
    )


def _name(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if isinstance(value, str) and value:
        return value
    raise _unusable(key, value, "a text")


def _optional_name(table: Mapping[str, Any], key: str) -> str | None:
    return _name(table, key) if key in table else None


def _names(table: Mapping[str, Any], key: str, *, fewest: int = 1) -> tuple[str, ...]:
    value = table.get(key)
    is_list = isinstance(value, list) and all(isinstance(name, str) for name in value)
    if is_list and len(value or ()) >= fewest:
        return tuple(value or ())
    raise _unusable(key, value, "a list of names")


def _unusable(key: str, value: object, wanted: str) -> SettingsError:
    return SettingsError(
        f"pyproject.toml does not say what {key} is",
        detail=f"{_TABLE} has {key} = {value!r}" if value is not None else f"{_TABLE} has no {key}",
        hint=f"Set {key} in {_TABLE} to {wanted}.",
    )
