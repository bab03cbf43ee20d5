"""What to change about the tenant's roles; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psycopg import sql

from toolkit.prepare.target import RoleFacts
from toolkit.settings import RoleDeclaration

_GRANTS_HAVE_OPTIONS = 160_000


@dataclass(frozen=True, slots=True)
class Change:
    """One statement about one role.

    Args:
        role: its name.
        done: what the statement does, to be read after the name, like "created".
        sql: the statement, with its semicolon.
    """

    role: str
    done: str
    sql: str

    def __str__(self) -> str:
        return f"role {self.role} {self.done}"


def plan_roles(
    declared: Sequence[RoleDeclaration],
    present: Sequence[RoleFacts],
    member: str,
    server_version: int,
) -> tuple[Change, ...]:
    """Plan what turns the roles that are there into those that are declared.

    A tenant's role owns objects and nothing else. It cannot log in, it has no power of its own,
    and it does not inherit: what its functions can do is what was granted to the role itself.

    Args:
        declared: by the tenant; r of them.
        present: those that exist.
        member: the role that applies revisions; it must be able to use them all.
        server_version: like 170006.

    Returns:
        Statements in an order that works; empty when nothing is to do. O(r log r).
    """
    known = {role.name: role for role in present}
    return tuple(
        change
        for role in sorted(declared, key=lambda role: role.name)
        for change in _plan_role(role, known.get(role.name), member, server_version)
    )


def quoted(name: str) -> str:
    """Quote an identifier for a statement."""
    return sql.Identifier(name).as_string(None)


def _plan_role(
    declared: RoleDeclaration, present: RoleFacts | None, member: str, server_version: int
) -> Iterator[Change]:
    role = quoted(declared.name)
    if present is None:
        yield Change(declared.name, "created", f"create role {role} nologin noinherit;")
    elif present.attributes:
        # Only what differs: some attributes may be mentioned by a superuser alone.
        without = " ".join(f"no{attribute}" for attribute in present.attributes)
        yield Change(
            declared.name,
            f"rid of {', '.join(present.attributes)}",
            f"alter role {role} {without};",
        )
    if present is None or not present.is_granted:
        # An earlier grant may have said otherwise, and a plain one leaves its options as they are.
        options = " with inherit true, set true" if server_version >= _GRANTS_HAVE_OPTIONS else ""
        yield Change(
            declared.name,
            f"granted to {member}",
            f"grant {role} to {quoted(member)}{options};",
        )
    if present is None or (present.comment != declared.purpose and present.is_ours):
        purpose = sql.Literal(declared.purpose).as_string(None)
        yield Change(declared.name, "described", f"comment on role {role} is {purpose};")
