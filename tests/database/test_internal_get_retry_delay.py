"""internal.get_retry_delay(): doubling, bounded, and never the same for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

DELAYS = """
    select
        extract(epoch from min(delay))::float, extract(epoch from max(delay))::float,
        count(distinct delay)
    from
        generate_series(1, 500) as draw,
        lateral internal.get_retry_delay(%s + 0 * draw, '5 seconds', '1 hour') as delay
"""


@pytest.mark.parametrize(
    ("attempts", "whole"), [(0, 5), (1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (100, 3600)]
)
def test_a_delay_is_between_half_and_the_whole_of_its_step(
    world: World, attempts: int, whole: float
) -> None:
    ((shortest, longest, different),) = world.rows(DELAYS, attempts)

    assert whole / 2 <= shortest < whole * 0.55
    assert whole * 0.95 < longest <= whole
    assert different > 400


def test_no_setting_overflows(world: World) -> None:
    assert world.value("select internal.get_retry_delay(100, '1 day', '1000 years') > '1 year'")
