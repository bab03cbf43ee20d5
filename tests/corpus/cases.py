"""The corpus of plans: pairs of databases, and what the way between them may look like.

A file holds cases, a case sections. `-- both:`, `-- there:` and `-- back:` bound the plan from a to
b, from b to a, or both; their clauses are separated by semicolons:

    3 statements               exactly so many
    at most 3 statements       no more than so many
    replace view app.v         a statement that does this to this object
    never drop view app.v      no statement that does this, to this object or to any
    unplanned table app.t      this object is left to people
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOM = Path(__file__).parent
_CASE = re.compile(r"^-- case: (.+)$", re.MULTILINE)
_BUDGET = re.compile(r"^-- (both|there|back): (.+)$", re.MULTILINE)
_SECTION = re.compile(r"^-- (common|a|b)$", re.MULTILINE)
_COUNT = re.compile(r"(at most )?(\d+) statements?\Z")
_VERBS = "create|replace|alter|drop|grant|revoke|comment|refresh|detach|set"
_SHAPE = re.compile(rf"(never )?({_VERBS})(?: (.+))?\Z")


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
        unplanned: the objects that are left to people; no others may be.
    """

    most: int | None
    least: int
    shapes: tuple[Shape, ...]
    unplanned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """Two databases.

    Args:
        name: what the case is about.
        file: where it stands.
        common: SQL that makes what both have.
        a: SQL that makes the rest of the one.
        b: SQL that makes the rest of the other.
        there: bounds of the plan from a to b.
        back: bounds of the plan from b to a.
    """

    name: str
    file: str
    common: str
    a: str
    b: str
    there: Budget
    back: Budget

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    def moved_to(self, schema: str) -> tuple[str, str]:
        """Return both databases with another name for schema app, so that cases fit together."""
        return (
            re.sub(r"\bapp\b", schema, f"{self.common}\n{self.a}"),
            re.sub(r"\bapp\b", schema, f"{self.common}\n{self.b}"),
        )


def read_cases() -> Iterator[Case]:
    """Yield the cases of all files, in order."""
    for path in sorted(ROOM.glob("*.sql")):
        pieces = _CASE.split(path.read_text(encoding="utf-8"))
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            yield _case(name, path.stem, text)


def _case(name: str, file: str, text: str) -> Case:
    head, *rest = _SECTION.split(text)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    bounds: dict[str, list[str]] = {"there": [], "back": []}
    for direction, clauses in _BUDGET.findall(head):
        for each in bounds if direction == "both" else (direction,):
            bounds[each] += [clause.strip() for clause in clauses.split(";")]
    return Case(
        name,
        file,
        sections.get("common", ""),
        sections["a"],
        sections["b"],
        _budget(bounds["there"], name),
        _budget(bounds["back"], name),
    )


def _budget(clauses: list[str], name: str) -> Budget:
    most: int | None = None
    least, shapes, unplanned = 0, [], set()
    for clause in clauses:
        if (count := _COUNT.match(clause)) is not None:
            most = int(count[2])
            least = 0 if count[1] else most
        elif (shape := _SHAPE.match(clause)) is not None:
            shapes.append(Shape(shape[2], shape[3] or "", is_forbidden=bool(shape[1])))
        elif clause.startswith("unplanned "):
            unplanned.add(clause.removeprefix("unplanned "))
        else:
            msg = f"case {name!r} has a clause that says nothing: {clause!r}"
            raise ValueError(msg)
    return Budget(most, least, tuple(shapes), frozenset(unplanned))
