"""The calls that both versions have to answer: drawn, random and recorded ones.

Pure, and a function of the seed: whoever finds a difference can show it to somebody else.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from toolkit.errors import ToolkitError
from toolkit.verify.declarations import Declarations
from toolkit.versions.routine import Routine

Arguments = Mapping[str, str | None]

# Of a hundred calls: tenants asking for their own, services, others, nobody.
_CALLERS, _SHARES = ("own", "service", "other", "nobody"), (76, 12, 8, 4)
_MUTATED = 0.3
_BY_TYPE: Mapping[str, Sequence[str]] = {
    "integer": ("-1", "0", "1", "2", "7", "50", "1000", "2147483647"),
    "bigint": ("-1", "0", "1", "50", "9223372036854775807"),
    "smallint": ("-1", "0", "1", "50", "32767"),
    "numeric": ("-1", "0", "0.01", "1e12", "NaN"),
    "double precision": ("-1", "0", "0.5", "1e300", "NaN"),
    "boolean": ("true", "false"),
    "text": ("", "a", "o'hara", "\u00e9\u4e2d\U0001f600", "%s; --", "x" * 300),
    "jsonb": ("{}", "[]", "null", '{"a": [1, "x"]}', '"text"'),
    "json": ("{}", "[]", "null"),
    "date": ("2025-01-01", "1970-01-01", "infinity"),
    "timestamp with time zone": ("2025-01-01 00:00:00+00", "1970-01-01 00:00:00+00", "infinity"),
}


class UnreadableRecord(ToolkitError):
    """A file of recorded calls holds something else."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call.

    Args:
        origin: where it comes from, like "random call 7" or "line 3".
        role: of the database, to call as.
        tenant: who it is; None for nobody and for services.
        arguments: by parameter, as text; what is left out has its default.
        is_plain: whether a tenant asks for what is theirs, with arguments that make sense.
    """

    origin: str
    role: str
    tenant: str | None
    arguments: Arguments
    is_plain: bool = False

    def describe(self) -> str:
        """Say who asks for what."""
        who = f"{self.role} {self.tenant}" if self.tenant else self.role
        passed = ", ".join(f"{name} => {_shown(value)}" for name, value in self.arguments.items())
        return f"{self.origin}, as {who}: ({passed})"


def random_cases(
    old: Routine,
    new: Routine,
    pool: Sequence[Arguments],
    *,
    tenants: Declarations,
    tenant_argument: str | None,
    count: int,
    seed: int,
) -> list[Case]:
    """Make calls of what both functions take.

    Args:
        old: what parameters and types are read from.
        new: must take each parameter that is passed.
        pool: rows of arguments that make sense, at least one; r rows.
        tenants: the roles.
        tenant_argument: the parameter that says whose data is asked for, if any.
        count: how many.
        seed: the same seed makes the same calls of the same pool.
    """
    chance = random.Random(seed)
    shared = [name for name in old.parameters if name in new.parameters]
    cases = []
    for number in range(1, count + 1):
        row = chance.choice(pool)
        arguments = {name: row[name] for name in shared if name in row}
        mutated = chance.random() < _MUTATED
        if mutated:
            _mutate(arguments, old, shared, pool, chance)
        role, tenant = _caller(row, pool, tenants, tenant_argument, chance)
        own = tenant is not None and (
            tenant_argument is None or arguments.get(tenant_argument) == tenant
        )
        cases.append(
            Case(f"random call {number}", role, tenant, arguments, is_plain=own and not mutated)
        )
    return cases


def recorded_cases(path: Path, *, tenants: Declarations, tenant_argument: str | None) -> list[Case]:
    """Read calls from a file of JSON lines.

    Each line is an object of arguments by parameter. Its key "role" may say who called and its key
    "sub" which tenant; otherwise the tenant asked for did.

    Raises:
        UnreadableRecord: no such file, or a line that is no object.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableRecord(
            f"the recorded calls cannot be read: {path}",
            detail=str(error),
            hint="Name a file of JSON lines, each an object of arguments by parameter.",
        ) from error
    return [
        _recorded(f"line {number}", line, tenants, tenant_argument)
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _recorded(origin: str, line: str, tenants: Declarations, tenant_argument: str | None) -> Case:
    try:
        document = json.loads(line)
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise UnreadableRecord(
            f"{origin} of the recorded calls is no JSON object",
            detail=line[:80],
            hint='Write each call like {"p_user_id": "…"}, a line each.',
        )
    role = document.pop("role", None)
    asked_for = document.get(tenant_argument) if tenant_argument else None
    tenant = document.pop("sub", asked_for if role in (None, *tenants.signed_in_roles) else None)
    arguments = {name: _as_text(value) for name, value in document.items()}
    return Case(
        origin,
        role or tenants.signed_in_roles[0],
        None if tenant is None else str(tenant),
        arguments,
        is_plain=tenant is not None and tenant == asked_for,
    )


def _mutate(
    arguments: dict[str, str | None],
    old: Routine,
    shared: Sequence[str],
    pool: Sequence[Arguments],
    chance: random.Random,
) -> None:
    name = chance.choice(shared)
    kind = old.type_of(name)
    another = chance.choice(pool).get(name)
    made = str(UUID(int=chance.getrandbits(128), version=4)) if kind == "uuid" else None
    candidates = [None, another, made, *_BY_TYPE.get(kind, ())]
    arguments[name] = chance.choice(candidates)


def _caller(
    row: Arguments,
    pool: Sequence[Arguments],
    tenants: Declarations,
    tenant_argument: str | None,
    chance: random.Random,
) -> tuple[str, str | None]:
    (kind,) = chance.choices(_CALLERS, _SHARES)
    signed_in = tenants.signed_in_roles[0]
    tenant_key = tenant_argument or tenants.tenant_column
    if kind == "nobody":
        return tenants.anonymous_role, None
    if kind == "service":
        return tenants.service_role, None
    return signed_in, (chance.choice(pool) if kind == "other" else row).get(tenant_key)


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def _shown(value: str | None) -> str:
    if value is None:
        return "null"
    return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}...'"
