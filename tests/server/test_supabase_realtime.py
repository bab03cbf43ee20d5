"""50_realtime.sql: broadcasts end as rows of today, and two publications are there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg.errors import Diagnostic, InsufficientPrivilege, RaiseException

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.verify.identity import as_role

ADA = UUID(int=0xA)


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """A connection as migrator, rolled back."""
    with connect(pristine_database.url, autocommit=False) as opened:
        yield opened
        opened.rollback()


def messages(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select topic, event, private, extension, payload - 'id', binary_payload"
        " from realtime.messages order by inserted_at, topic"
    ).fetchall()


def warnings_of(connection: Connection) -> list[str]:
    heard: list[str] = []

    def listen(notice: Diagnostic) -> None:
        heard.append(str(notice.message_primary))

    connection.add_notice_handler(listen)
    return heard


def test_there_is_a_partition_for_yesterday_today_and_three_days_more(
    connection: Connection,
) -> None:
    rows = connection.execute(
        "select inhrelid::regclass::text from pg_inherits"
        " where inhparent = 'realtime.messages'::regclass order by 1"
    ).fetchall()

    today = datetime.now(UTC).date()
    days = [today + timedelta(days=offset) for offset in range(-1, 4)]
    assert [name for (name,) in rows] == [f"realtime.messages_{day:%Y_%m_%d}" for day in days]


def test_sending_keeps_a_message_and_gives_it_an_id(connection: Connection) -> None:
    connection.execute("select realtime.send('{\"n\": 1}', 'done', 'backtest:7')")
    connection.execute("select realtime.send('{\"id\": 42}', 'done', 'public', private => false)")

    assert messages(connection) == [
        ("backtest:7", "done", True, "broadcast", {"n": 1}, None),
        ("public", "done", False, "broadcast", {}, None),
    ]
    ids = connection.execute(
        "select payload ->> 'id' = id::text from realtime.messages order by topic"
    ).fetchall()
    assert ids == [(True,), (False,)]


def test_sending_bytes_keeps_them(connection: Connection) -> None:
    connection.execute("select realtime.send_binary('\\x00ff', 'frame', 'camera')")

    assert messages(connection) == [("camera", "frame", True, "broadcast", None, b"\x00\xff")]


def test_sending_sets_the_topic_for_policies(connection: Connection) -> None:
    before = connection.execute("select realtime.topic()").fetchone()
    connection.execute("select realtime.send('{}', 'done', 'user:1')")

    assert before == (None,)
    assert connection.execute("select realtime.topic()").fetchone() == ("user:1",)


def test_a_message_that_cannot_be_kept_is_a_warning_and_no_error(
    pristine_database: Database, connection: Connection
) -> None:
    with connect(pristine_database.admin_url) as admin:
        today = datetime.now(UTC).date()
        admin.execute(f"drop table realtime.messages_{today:%Y_%m_%d}".encode())
    heard = warnings_of(connection)

    connection.execute("select realtime.send('{}', 'done', 'user:1')")
    connection.execute("select realtime.send_binary('', 'done', 'user:1')")

    assert messages(connection) == []
    assert [warning.split(":")[0] for warning in heard] == ["WarnSendingBroadcastMessage"] * 2


def test_a_trigger_broadcasts_the_row_before_and_after(connection: Connection) -> None:
    connection.execute("create table public.jobs (id int primary key, state text)")
    connection.execute(
        "create function public.tell() returns trigger language plpgsql as $$"
        " begin perform realtime.broadcast_changes('job:' || coalesce(new.id, old.id), tg_op,"
        " tg_op, tg_table_name, tg_table_schema, new, old, tg_level); return null; end $$"
    )
    connection.execute(
        "create trigger tell after insert or update or delete on public.jobs"
        " for each row execute function public.tell()"
    )

    connection.execute("insert into public.jobs values (1, 'queued')")
    connection.execute("update public.jobs set state = 'done'")
    connection.execute("delete from public.jobs")

    told = connection.execute("select event, payload - 'id' from realtime.messages").fetchall()
    queued, done = {"id": 1, "state": "queued"}, {"id": 1, "state": "done"}
    where = {"schema": "public", "table": "jobs"}
    assert sorted(told, key=str) == sorted(
        [
            ("INSERT", {**where, "operation": "INSERT", "record": queued, "old_record": None}),
            ("UPDATE", {**where, "operation": "UPDATE", "record": done, "old_record": queued}),
            ("DELETE", {**where, "operation": "DELETE", "record": None, "old_record": done}),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("operation", "level"), [("INSERT", "STATEMENT"), ("TRUNCATE", "ROW"), ("insert", "ROW")]
)
def test_a_wrong_broadcast_fails(connection: Connection, operation: str, level: str) -> None:
    with pytest.raises(RaiseException, match="broadcast"):
        connection.execute(
            "select realtime.broadcast_changes('t', 'e', %s, 'jobs', 'public', row(1), row(2), %s)",
            [operation, level],
        )


def test_policies_decide_who_sends_and_who_receives(connection: Connection) -> None:
    heard = warnings_of(connection)
    with as_role(connection, "authenticated", ADA):
        connection.execute("select realtime.send('{}', 'refused', 'user:a')")
    connection.execute(
        "create policy messages_insert_own on realtime.messages for insert to authenticated"
        " with check ((select realtime.topic()) = 'user:a')"
    )
    connection.execute(
        "create policy messages_select_own on realtime.messages for select to authenticated"
        " using (topic = 'user:a')"
    )
    with as_role(connection, "authenticated", ADA):
        connection.execute("select realtime.send('{}', 'sent', 'user:a')")
        connection.execute("select realtime.send('{}', 'refused', 'user:b')")
        received = [event for _, event, *_ in messages(connection)]
    with as_role(connection, "anon"):
        overheard = messages(connection)

    assert received == ["sent"]
    assert overheard == []
    assert len(heard) == 2
    assert all("row-level security" in warning for warning in heard)


def test_partitions_are_nobody_s(connection: Connection) -> None:
    today = datetime.now(UTC).date()
    with as_role(connection, "service_role"), pytest.raises(InsufficientPrivilege):
        connection.execute(f"select from realtime.messages_{today:%Y_%m_%d}".encode())


def test_the_publication_of_tables_is_empty_and_migrator_s(connection: Connection) -> None:
    rows = connection.execute(
        "select pubname, pg_get_userbyid(pubowner), puballtables, (select count(*)"
        " from pg_publication_rel where prpubid = pg_publication.oid)"
        " from pg_publication order by pubname"
    ).fetchall()

    assert rows == [
        ("supabase_realtime", "migrator", False, 0),
        ("supabase_realtime_messages_publication", "supabase_admin", False, 1),
    ]
    connection.execute("create table public.jobs (id int primary key)")
    connection.execute("alter publication supabase_realtime add table public.jobs")


def test_the_server_writes_what_decoding_needs(connection: Connection) -> None:
    assert connection.execute("show wal_level").fetchone() == ("logical",)
