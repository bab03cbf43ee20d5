"""Roles, memberships, settings and scheduled jobs as statements.

Pure.
"""

from collections.abc import Iterator

from toolkit.catalog.ddl.statements import Passage, Unwritable
from toolkit.catalog.facts import MIGRATOR, Fact, Identity, Kind
from toolkit.catalog.names import literal

# Kept by PostgreSQL as lists of quoted names; a literal would become one name.
_NAME_LISTS = frozenset(
    {
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    }
)
FLAGS = (
    "superuser",
    "inherit",
    "createrole",
    "createdb",
    "login",
    "replication",
    "bypassrls",
)


def create_role(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements that make a role with its settings."""
    flags = " ".join(_flag(fact, name) for name in FLAGS)
    yield f"create role {passage.role(fact.identity.name)} {flags}"
    for attribute in ("connection_limit", "valid_until"):
        if fact.get(attribute) is not None:
            yield change_role(attribute, fact, passage)
    for name, _ in fact.starting_with("setting"):
        yield change_setting(f"setting{name}", fact, passage)


def create_membership(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statement that makes a role a member of another."""
    group, member = _ends(fact, passage)
    entries = [
        f"{option} {'true' if fact.get(option) else 'false'}"
        for option in ("admin", "inherit", "set")
        if fact.get(option) is not None
    ]
    if len(entries) == 1:  # before 16, ADMIN is all that can be said
        yield f"grant {group} to {member}{' with admin option' if fact.get('admin') else ''}"
    else:
        yield f"grant {group} to {member} with {', '.join(entries)}"


def change_membership(attribute: str, fact: Fact, passage: Passage) -> str:
    """Return the statement that changes one option of a membership."""
    group, member = _ends(fact, passage)
    if fact.get(attribute):
        return f"grant {group} to {member} with {attribute} option"
    return f"revoke {attribute} option for {group} from {member}"


def remove_membership(fact: Fact, passage: Passage) -> str:
    """Return the statement that ends a membership."""
    group, member = _ends(fact, passage)
    return f"revoke {group} from {member}"


def change_role(attribute: str, fact: Fact, passage: Passage) -> str:
    """Return the statement that changes one attribute of a role."""
    head = f"alter role {passage.role(fact.identity.name)}"
    match attribute:
        case "connection_limit":
            value = fact.get(attribute)
            return f"{head} connection limit {-1 if value is None else value}"
        case "valid_until":
            return f"{head} valid until {literal(fact.text(attribute) or 'infinity')}"
    return f"{head} {_flag(fact, attribute)}"


def change_setting(attribute: str, fact: Fact, passage: Passage) -> str:
    """Return the statement that sets or resets one setting of a role or of the database.

    Raises:
        Unwritable: the setting is the database's, whose name is no fact.
    """
    family, _, name = attribute.rpartition(" ")
    if fact.identity.kind is Kind.DATABASE or family == "setting here":
        raise Unwritable(
            "the database's name is no fact: alter database … set, or alter role … in database"
        )
    head = f"alter role {passage.role(fact.identity.name)}"
    value = fact.get(attribute)
    if value is None:
        return f"{head} reset {name}"
    text = str(value) if name in _NAME_LISTS else literal(str(value))
    return f"{head} set {name} to {text}"


def create_job(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements that schedule a job; the same replace one of that name and role.

    Raises:
        Unwritable: a job without a name, or of a role that we cannot act as.
    """
    identity = fact.identity
    where = fact.text("database")
    arguments = [literal(text) for text in (identity.name, fact.text("schedule"))]
    arguments.append(literal(fact.text("command")))
    if where:
        call = f"cron.schedule_in_database({', '.join(arguments)}, {literal(where)})"
    else:
        call = f"cron.schedule({', '.join(arguments)})"
    yield from _as_its_own(fact, f"select {call}", passage)
    if not fact.get("active"):
        yield from change_job_active(fact, passage)


def change_job_active(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements that pause a job or let it run.

    Raises:
        Unwritable: a job without a name, or of a role that we cannot act as.
    """
    active = "true" if fact.get("active") else "false"
    yield from _as_its_own(
        fact,
        f"select cron.alter_job(job.jobid, active => {active}) from cron.job "
        f"where {_job_condition(fact)}",
        passage,
    )


def remove_job(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements that unschedule a job.

    Raises:
        Unwritable: a job without a name, or of a role that we cannot act as.
    """
    condition = _job_condition(fact)
    statement = f"select cron.unschedule(job.jobid) from cron.job where {condition}"
    yield from _as_its_own(fact, statement, passage)


def _as_its_own(fact: Fact, statement: str, passage: Passage) -> Iterator[str]:
    """Yield a statement about a job as the role whose job it is: nobody else can do it."""
    if fact.identity.name.startswith("unnamed "):
        raise Unwritable("a job without a name is known by its number only")
    role = fact.identity.part
    if role == MIGRATOR:
        yield statement
        return
    if not _can_become(role, passage):
        raise Unwritable(f"only role {role} can do it: the job is its own")
    yield f"set role {passage.role(role)}"
    yield statement
    yield "reset role"


def _can_become(role: str, passage: Passage) -> bool:
    """Tell whether the migrating role can act as another, by membership or as superuser."""
    itself = passage.present.get(Identity(Kind.ROLE, "", MIGRATOR))
    if itself is not None and itself.get("superuser"):
        return True
    groups: dict[str, set[str]] = {}
    for fact in passage.present:
        if fact.identity.kind is Kind.MEMBERSHIP and fact.get("set") is not False:
            groups.setdefault(fact.identity.part, set()).add(fact.identity.name)
    reached, waiting = {MIGRATOR}, [MIGRATOR]
    while waiting:
        more = groups.get(waiting.pop(), set()) - reached
        reached |= more
        waiting += more
    return role in reached


def _job_condition(fact: Fact) -> str:
    part = fact.identity.part
    # Whoever applies revisions goes by another name on another server.
    user = "current_user" if part == MIGRATOR else literal(part)
    return f"job.jobname = {literal(fact.identity.name)} and job.username = {user}"


def _ends(fact: Fact, passage: Passage) -> tuple[str, str]:
    return passage.role(fact.identity.name), passage.role(fact.identity.part)


def _flag(fact: Fact, name: str) -> str:
    return name if fact.get(name) else f"no{name}"
