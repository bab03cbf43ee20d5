"""The order written in the names of triggers is the order in which they fire."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

SOURCES = sorted((Path(__file__).resolve().parents[2] / "sql" / "triggers").glob("*/*.sql"))
RANKS = {10, 30, 50, 60, 70, 90}
AFTER = ["t90_last", "t70_mark_dirty", "t10_record_update", "t50_cascade", "t60_tell"]
BEFORE = ["t30_derive", "t10_validate"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_trigger_of_ours_has_its_rank_in_its_name(source: Path) -> None:
    found = re.fullmatch(r"[a-z_]+\.t(\d\d)_[a-z_]+", source.stem)

    assert found
    assert int(found[1]) in RANKS


@pytest.mark.parametrize("level", ["row", "statement"])
def test_triggers_fire_in_the_order_of_their_names(world: World, level: str) -> None:
    world.run("create table public.tried (id integer)")
    world.run("insert into public.tried values (1)")
    world.run("create table public.fired (place integer generated always as identity, name text)")
    world.run(
        """
        create function public.note() returns trigger language plpgsql as $$
        begin
            insert into public.fired (name) values (tg_name);
            return new;
        end $$
        """
    )
    # Made in another order than they have to fire in.
    for when, names in (("after", AFTER), ("before", BEFORE)):
        for name in names:
            world.run(
                f"create trigger {name} {when} update on public.tried"
                f" for each {level} execute function public.note()"
            )

    world.run("update public.tried set id = 2")

    fired = [row[0] for row in world.rows("select name from public.fired order by place")]
    assert fired == [*sorted(BEFORE), *sorted(AFTER)]


def test_checks_come_before_cascades_and_marks_after_them(world: World) -> None:
    ranked = world.rows(
        """
        select tgrelid::regclass::text, array_agg(tgname::text order by tgname)
        from pg_catalog.pg_trigger
        where
            not tgisinternal
            and tgtype & 16 > 0
            and tgtype & 2 = 0
            and tgrelid in ('public.strategies'::regclass, 'public.backtest_jobs'::regclass)
            and tgname not like 't10_record%'
        group by tgrelid
        order by 1
        """
    )

    assert ranked == [
        (
            "backtest_jobs",
            ["t10_validate_status", "t50_follow_updated", "t60_enqueue_ended_jobs"],
        ),
        ("strategies", ["t10_validate_status", "t50_cancel_archived", "t70_mark_dirty_updated"]),
    ]
