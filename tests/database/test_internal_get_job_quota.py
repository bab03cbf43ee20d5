"""internal.get_job_quota(): every plan has one, and a better plan never has less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize(
    ("plan", "quota"), [("free", 5), ("pro", 20), ("team", 50), ("a new one", 5), (None, 5)]
)
def test_a_plan_has_its_quota_and_an_unknown_one_the_smallest(
    world: World, plan: str | None, quota: int
) -> None:
    assert world.value("select internal.get_job_quota(%s)", plan) == quota
