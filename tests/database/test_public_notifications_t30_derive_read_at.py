"""Trigger t30_derive_read_at on public.notifications: read by our clock, whatever the device's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("told", ["2001-01-01", "2999-01-01", "now"])
def test_a_device_with_a_wrong_clock_reads_at_the_right_time(world: World, told: str) -> None:
    ada = world.sign_up()
    world.notification(ada, created_at="2026-01-01")

    with world.acting_as("authenticated", ada):
        assert world.run("update public.notifications set read_at = %s", told) == 1
        assert world.value("select read_at = now() from public.notifications")


def test_what_was_read_stays_read_at_its_time_and_can_be_unread(world: World) -> None:
    ada = world.sign_up()
    world.notification(ada, created_at="2026-01-01", read_at="2026-01-02")

    with world.acting_as("authenticated", ada):
        world.run("update public.notifications set read_at = read_at")
        assert world.value("select read_at = '2026-01-02' from public.notifications")
        world.run("update public.notifications set read_at = null")
        assert world.value("select read_at is null from public.notifications")
