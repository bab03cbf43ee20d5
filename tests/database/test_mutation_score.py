"""Of the wrongs that a function can have, the proofs and its own tests notice nearly all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.database.mutation.killing import Fate, all_mutants, first_failure, kill, own_tests
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
    """Return who survives, by file and line, and the part of all that is killed."""
    with ProcessPoolExecutor(AT_ONCE) as pool:
        fates: list[Fate] = list(pool.map(partial(kill, server, template), mutants))
    born = [fate for fate in fates if not fate.stillborn]
    alive = [fate.mutant for fate in born if fate.survived]
    score = 1 - len(alive) / len(born)
    print(f"\n{len(born)} mutants, {score:.1%} killed", *alive, sep="\n")
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
