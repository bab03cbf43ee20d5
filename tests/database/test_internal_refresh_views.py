"""internal.refresh_views(): one view after the other, none held up or taken down by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import DatabaseError

from tests.database.views import VIEW, after, competitor, off

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World

BROKEN = """
    create function internal.explode() returns integer language plpgsql
    as $$ begin raise exception 'bang'; end $$;
    grant execute on function internal.explode to hephaitos_internal;
    create materialized view internal.a_broken_one as select internal.explode() with no data;
    grant create on schema internal to hephaitos_internal;
    alter materialized view internal.a_broken_one owner to hephaitos_internal;
    insert into internal.views (view_name) values ('a_broken_one');
"""


def test_a_view_that_fails_is_told_of_after_the_others_were_refreshed(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    competitor(world)
    world.connection.execute(BROKEN.encode())

    with pytest.raises(DatabaseError) as failed:
        world.run("call internal.refresh_views(array['a_broken_one', %s], %s)", VIEW, after())

    assert failed.value.sqlstate == "PV001"
    assert failed.value.diag.message_primary == "views could not be refreshed: a_broken_one"
    assert off(world) == []
    assert world.rows("select view_name, error from internal.view_refreshes order by id") == [
        ("a_broken_one", "P0001 bang"),
        (VIEW, None),
    ]


def test_those_that_are_not_due_any_more_are_left_alone_if_that_matters(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    competitor(world)

    for only_when_due in (True, True, False):
        world.run("call internal.refresh_views(array[%s], %s, %s)", VIEW, after(), only_when_due)

    assert world.value("select count(*) from internal.view_refreshes") == 2


def test_each_is_committed_before_the_next_begins(open_world: Callable[[], World]) -> None:
    world, observer = open_world(), open_world()
    world.connection.execute(BROKEN.replace("raise exception 'bang'", "return 1").encode())
    world.run("alter table internal.view_refreshes disable row level security")
    world.run(
        """
        create function internal.count_committed() returns trigger language plpgsql as $$
        begin
            raise notice '% %', new.view_name, pg_current_xact_id();
            return new;
        end $$
        """
    )
    world.run(
        "create trigger told before insert on internal.view_refreshes"
        " for each row execute function internal.count_committed()"
    )
    told: list[str] = []
    world.connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))

    world.run("call internal.refresh_views(array['a_broken_one', %s], now())", VIEW)

    (first, first_xact), (second, second_xact) = (line.split() for line in told)
    assert (first, second) == ("a_broken_one", VIEW)
    assert first_xact != second_xact
    assert observer.value("select count(*) from internal.view_refreshes") == 2
