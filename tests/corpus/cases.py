"""The corpus of plans: pairs of databases, and what the way between them may look like.

A file holds cases, a case sections. `-- both:`, `-- there:` and `-- back:` bound the plan from a to
b, from b to a, or both; their clauses are separated by semicolons:

    3 statements               exactly so many
    at most 3 statements       no more than so many
    replace view app.v         a statement that does this to this object
    never drop view app.v      no statement that does this, to this object or to any
    says rename to             the script has this text
    never says rename to       the script does not
    unplanned table app.t      this object is left to people

More may be said of a case:

    -- as: superuser           made and planned by one, who alone may do it
    -- on: platform            in a database with the platform's schemas and pg_cron
    -- since: 17               not on older versions
    -- rebuild: app.m          this materialized view is rebuilt, not swapped
    -- alone: REASON           planned by itself, because it is about what all have in common

Everything of a case is called app, or begins with it, so that cases can be planned together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOM = Path(__file__).parent
_APP = re.compile(r"\bapp(?=\b|_)")
_CASE = re.compile(r"^-- case: (.+)$", re.MULTILINE)
_BUDGET = re.compile(r"^-- (both|there|back): (.+)$", re.MULTILINE)
_SECTION = re.compile(r"^-- (common|a|b)$", re.MULTILINE)
_COUNT = re.compile(r"(at most )?(\d+) statements?\Z")
_VERBS = "create|replace|alter|drop|grant|revoke|comment|refresh|detach|set"
_SHAPE = re.compile(rf"(never )?({_VERBS})(?: (.+))?\Z")
_TEXT = re.compile(r"(never )?says (.+)\Z")
_ABOUT = re.compile(r"^-- (as|on|since|rebuild|alone): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shape:
    """A statement that a plan must have, or must not.

    Args:
        action: what it does.
        object: to what; empty is any.
        is_forbidden: whether it must not be there.
    """

    action: str
    object: str
    is_forbidden: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """What a plan may look like.

    Args:
        most: the greatest number of statements, None for any.
        least: the smallest.
        shapes: statements that must or must not be there.
        says: texts that the script must have.
        hushes: texts that it must not.
        unplanned: the objects that are left to people; no others may be.
    """

    most: int | None
    least: int
    shapes: tuple[Shape, ...]
    says: tuple[str, ...]
    hushes: tuple[str, ...]
    unplanned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """Two databases.

    Args:
        name: what the case is about.
        file: where it stands.
        schema: what stands in place of app.
        common: SQL that makes what both have.
        a: SQL that makes the rest of the one.
        b: SQL that makes the rest of the other.
        there: bounds of the plan from a to b.
        back: bounds of the plan from b to a.
        is_superusers: whether a superuser makes and plans it.
        is_platforms: whether it needs the platform's schemas.
        since: the oldest major version that knows what it is about.
        rebuilt: materialized views that are rebuilt, by address.
        is_alone: whether it cannot be planned together with others.
    """

    name: str
    file: str
    schema: str
    common: str
    a: str
    b: str
    there: Budget
    back: Budget
    is_superusers: bool
    is_platforms: bool
    since: int
    rebuilt: tuple[str, ...]
    is_alone: bool

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def read_cases() -> Iterator[Case]:
    """Yield the cases of all files, in order, each with a name of its own in place of app."""
    number = 0
    for path in sorted(ROOM.glob("*.sql")):
        pieces = _CASE.split(path.read_text(encoding="utf-8"))
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            number += 1
            yield _case(name, path.stem, _APP.sub(f"app{number:03}", text), f"app{number:03}")


def _case(name: str, file: str, text: str, schema: str) -> Case:
    head, *rest = _SECTION.split(text)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    about = dict(_ABOUT.findall(head))
    bounds: dict[str, list[str]] = {"there": [], "back": []}
    for direction, clauses in _BUDGET.findall(head):
        for each in bounds if direction == "both" else (direction,):
            bounds[each] += [clause.strip() for clause in clauses.split(";")]
    return Case(
        name,
        file,
        schema,
        sections.get("common", ""),
        sections["a"],
        sections["b"],
        _budget(bounds["there"], name),
        _budget(bounds["back"], name),
        is_superusers=about.get("as") == "superuser",
        is_platforms=about.get("on") == "platform",
        since=int(about.get("since", 0)),
        rebuilt=tuple(about["rebuild"].split(", ")) if "rebuild" in about else (),
        is_alone="alone" in about,
    )


def _budget(clauses: list[str], name: str) -> Budget:
    most: int | None = None
    least, shapes, unplanned = 0, [], set()
    texts: dict[str, list[str]] = {"": [], "never ": []}
    for clause in clauses:
        if (count := _COUNT.match(clause)) is not None:
            most = int(count[2])
            least = 0 if count[1] else most
        elif (text := _TEXT.match(clause)) is not None:
            texts[text[1] or ""].append(text[2])
        elif (shape := _SHAPE.match(clause)) is not None:
            shapes.append(Shape(shape[2], shape[3] or "", is_forbidden=bool(shape[1])))
        elif clause.startswith("unplanned "):
            unplanned.add(clause.removeprefix("unplanned "))
        else:
            msg = f"case {name!r} has a clause that says nothing: {clause!r}"
            raise ValueError(msg)
    return Budget(
        most,
        least,
        tuple(shapes),
        tuple(texts[""]),
        tuple(texts["never "]),
        frozenset(unplanned),
    )
