"""internal.get_idle_limit(): the patience before a pause."""

from datetime import timedelta

from tests.database.conftest import World


def test_a_quarter_of_a_year_is_the_limit(world: World) -> None:
    assert world.value("select internal.get_idle_limit()") == timedelta(days=90)
