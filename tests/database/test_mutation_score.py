"""Of the wrongs that a function can have, the proofs and its own tests notice nearly all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.database.mutation.equivalence import declared_equivalents, is_declared
from tests.database.mutation.killing import (
    Fate,
    all_mutants,
    first_disproof,
    first_failure,
    kill,
    own_tests,
)
from toolkit.clones import clone
from toolkit.server import Server
from toolkit.settings import Settings
from toolkit.verify import Outcome
from toolkit.verify.declarations import read_declarations
from toolkit.verify.isolation import prove_isolation
from toolkit.verify.mutants import Kind, Mutant

if TYPE_CHECKING:
    from tests.database.conftest import World

API, GUARD = "sql/functions/public/", "sql/functions/internal/can_act_for.sql"
LEAST = 0.95
AT_ONCE = 2


def survivors(
    server: Server, template: str, mutants: Sequence[Mutant]
) -> tuple[list[Mutant], float]:
    """Return who survives, by file and line, and the part of all that is killed.

    Mutants that are declared equivalent do not count, and must not be noticed.
    """
    declared = declared_equivalents()
    with ProcessPoolExecutor(AT_ONCE) as pool:
        fates: list[Fate] = list(pool.map(partial(kill, server, template), mutants))
    born = [fate for fate in fates if not fate.stillborn]
    equal = [fate for fate in born if is_declared(fate.mutant, declared)]
    counted = [fate for fate in born if fate not in equal]
    alive = [fate.mutant for fate in counted if fate.survived]
    score = 1 - len(alive) / len(counted)
    print(f"\n{len(counted)} mutants, {score:.1%} killed; these survive:", *alive, sep="\n")
    print(f"{len(equal)} are equivalent:", *(fate.mutant for fate in equal), sep="\n")
    assert [f"{fate.mutant}: {fate.killer}" for fate in equal if not fate.survived] == []
    return alive, score


@pytest.mark.deep
def test_the_tests_of_every_function_pass_before_anything_is_changed(
    server: Server, template: str
) -> None:
    """Who fails anyway kills nothing."""
    files = sorted({own_tests(mutant.name) for mutant in all_mutants()})

    with ProcessPoolExecutor(AT_ONCE) as pool:
        failed = list(pool.map(partial(first_failure, server, template), files))

    assert [failure for failure in failed if failure] == []


@pytest.mark.deep
def test_the_proofs_hold_before_anything_is_changed(server: Server, template: str) -> None:
    with clone(server, template) as database:
        assert first_disproof(server, database.name, "get_dashboard") is None


@pytest.mark.deep
def test_nearly_every_mutant_of_the_api_is_killed(server: Server, template: str) -> None:
    mutants = [one for one in all_mutants() if one.name.startswith(API)]

    alive, score = survivors(server, template, mutants)

    assert [str(one) for one in alive if one.is_security] == []
    assert score >= LEAST, "\n".join(map(str, alive))


@pytest.mark.deep
def test_every_mutant_inside_that_lets_somebody_in_is_killed(server: Server, template: str) -> None:
    mutants = [one for one in all_mutants() if one.is_security and not one.name.startswith(API)]

    alive, _ = survivors(server, template, mutants)

    assert [str(one) for one in alive] == []


def test_every_declaration_of_equivalence_is_about_one_mutant_and_not_of_security() -> None:
    mutants = all_mutants()

    for declared in declared_equivalents():
        (mutant,) = (one for one in mutants if declared.is_about(one))
        assert not mutant.is_security, declared
        assert declared.reason.strip(), declared


def test_a_guard_that_null_slips_through_is_killed(world: World, settings: Settings) -> None:
    """A sample of the whole, for every day."""
    (mutant,) = (one for one in all_mutants() if one.name == GUARD and one.kind is Kind.NULL)
    for _ in range(3):
        world.strategy(world.sign_up())
    declarations = read_declarations(settings.tenant)

    world.run("set local search_path = ''")
    whole = prove_isolation(world.connection, declarations, declarations.isolation[0])
    world.run(mutant.text)
    broken = prove_isolation(world.connection, declarations, declarations.isolation[0])

    assert (whole.outcome, broken.outcome) == (Outcome.PASSED, Outcome.FAILED)
