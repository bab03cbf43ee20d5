"""Changes to what acts: routines, triggers, rules, policies, publications, jobs, roles.

Pure.
"""

from toolkit.catalog.ddl.creation import create, state
from toolkit.catalog.ddl.roles import change_job_active, change_membership, change_role
from toolkit.catalog.ddl.statements import Change, Unwritable, target, words
from toolkit.catalog.ddl.wholes import rebuild
from toolkit.catalog.facts import Kind
from toolkit.catalog.names import literal

# CREATE OR REPLACE cannot change these parts of a routine.
_SHAPE = frozenset({"arguments", "returns", "window"})


def routine(change: Change) -> tuple[str, ...]:
    """Replace a routine in place, or rebuild it where its shape changed."""
    if change.attribute in _SHAPE or change.wanted.identity.kind is Kind.AGGREGATE:
        return rebuild(change.wanted, change.passage)
    return (change.wanted.text("definition").strip(),)


def rule(change: Change) -> tuple[str, ...]:
    """Replace a rule; replacing enables it, so its state is said again."""
    text = change.wanted.text("definition").strip().removesuffix(";")
    return (text.replace("CREATE RULE", "CREATE OR REPLACE RULE", 1), *state(change.wanted))


def trigger(change: Change) -> tuple[str, ...]:
    """Replace a trigger, which enables it again whatever it was."""
    text = change.wanted.text("definition")
    if text.startswith("CREATE CONSTRAINT TRIGGER"):
        return rebuild(change.wanted, change.passage)
    return (text.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1), *state(change.wanted))


def policy(change: Change) -> tuple[str, ...]:
    """Alter a policy, or rebuild it where ALTER has no words."""
    head = f"alter {target(change.wanted)}"
    value = change.value
    match change.attribute:
        case "roles":
            roles = ", ".join(change.passage.role(role) for role in words(change.wanted, "roles"))
            return (f"{head} to {roles}",)
        case "using" if value:
            return (f"{head} using ({value})",)
        case "with_check" if value:
            return (f"{head} with check ({value})",)
    return rebuild(change.wanted, change.passage)


def event_trigger(change: Change) -> tuple[str, ...]:
    """Rebuild an event trigger: nothing but its owner and state can be altered."""
    return rebuild(change.wanted, change.passage)


def publication(change: Change) -> tuple[str, ...]:
    """Alter what a publication publishes."""
    match change.attribute:
        case "publish":
            option = f"publish = {literal(change.value)}"
        case "via_partition_root":
            option = f"publish_via_partition_root = {'true' if change.value else 'false'}"
        case "generated_columns":
            option = f"publish_generated_columns = {change.value or 'none'}"
        case _:
            return rebuild(change.wanted, change.passage)
    return (f"alter publication {change.wanted.identity.address} set ({option})",)


def publication_member(change: Change) -> tuple[str, ...]:
    """Publish a table or schema anew."""
    return rebuild(change.wanted, change.passage)


def role(change: Change) -> tuple[str, ...]:
    """Alter a role."""
    return (change_role(change.attribute, change.wanted, change.passage),)


def membership(change: Change) -> tuple[str, ...]:
    """Alter one option of a membership."""
    return (change_membership(change.attribute, change.wanted, change.passage),)


def job(change: Change) -> tuple[str, ...]:
    """Pause or resume a job, or schedule it anew, which replaces it."""
    if change.attribute == "active":
        return tuple(change_job_active(change.wanted, change.passage))
    if change.attribute == "database":
        raise Unwritable("schedule it again in the database where it shall run")
    return create(change.wanted, change.passage)
