"""What the tenant declares about two versions: whom they answer, with which arguments, in pages.

Everything has a reading without declaration, as far as the proofs of isolation declare enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from toolkit.errors import SettingsError
from toolkit.settings import Settings
from toolkit.verify.declarations import Declarations, read_declarations
from toolkit.versions.routine import Routine

_TABLE = "[[tool.hephaitos.versions]]"
_KEYS = {"old", "new", "tenant_argument", "arguments", "next_page", "ignore"}


@dataclass(frozen=True, slots=True)
class Declared:
    """How to compare two versions.

    Args:
        tenants: the roles, and how tenants are found.
        tenant_argument: the parameter that says whose data is asked for; None when everybody gets
            the same.
        arguments: a query whose rows are arguments that make sense, by the names of parameters;
            None when nobody wrote one.
        tenant_query: the query for one tenant's arguments that the proof of isolation goes by.
        next_page: which field of the last row to pass as which parameter, to go on from there.
        ignore: fields that differ from call to call.
    """

    tenants: Declarations
    tenant_argument: str | None
    arguments: str | None = None
    tenant_query: str | None = None
    next_page: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()


def read_declared(settings: Settings, old: Routine, new: Routine) -> Declared:
    """Find what is declared about two functions.

    Raises:
        SettingsError: a declaration has a key that means nothing, or lacks one.
    """
    tenants = read_declarations(settings.tenant)
    isolated = next((one for one in tenants.isolation if _is_about(one.function, old)), None)
    plain = Declared(
        tenants,
        isolated.tenant_argument if isolated else None,
        tenant_query=isolated.arguments if isolated else None,
    )
    for entry in settings.tenant.get("versions", ()):
        if not {"old", "new"} <= set(entry) <= _KEYS:
            raise SettingsError(
                f"{_TABLE} in pyproject.toml has the wrong keys",
                detail=f"it has {', '.join(sorted(entry))}",
                hint=f"Give it old and new, and of {', '.join(sorted(_KEYS))} what is needed.",
            )
        if (entry["old"], entry["new"]) == (old.name, new.name):
            return replace(
                plain,
                tenant_argument=entry.get("tenant_argument", plain.tenant_argument),
                arguments=entry.get("arguments"),
                next_page=entry.get("next_page", {}),
                ignore=frozenset(entry.get("ignore", ())),
            )
    return plain


def _is_about(signature: str, routine: Routine) -> bool:
    return signature.partition("(")[0] == routine.name
