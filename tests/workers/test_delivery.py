"""deliver_until(): at least once, woken at once, stopped without losing or holding anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Queue as Inbox

import pytest
from psycopg import conninfo
from psycopg.types.json import Jsonb

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import ConnectionRefused
from workers.delivery import Pace, QueueMissing, QueueRefused, Stop, deliver_until
from workers.queue import Message
from workers.sinks import Undelivered

QUEUE = "notifications"
# No test waits so long: whoever needs the poll hangs.
PATIENT = Pace(batch=4, visible_for_s=600, poll_s=600, first_reconnect_s=0.01)
STATES = "select dedup_key, state, attempts from internal.messages order by id"


@dataclass
class Collector:
    """A sink that keeps what it gets, and does beforehand what the test wants."""

    before: Callable[[Message], None] = lambda _: None
    got: Inbox[str] = field(default_factory=Inbox)

    def deliver(self, message: Message) -> None:
        """Keep its key."""
        self.before(message)
        self.got.put(message.dedup_key)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Office:
    """A database with queues, and workers in threads."""

    database: Database
    connection: Connection
    pool: ThreadPoolExecutor
    stop: Stop = field(default_factory=Stop)

    def enqueue(self, *keys: str) -> None:
        """Enqueue a message a key."""
        messages = [{"kind": "hello", "dedup_key": key} for key in keys]
        self.connection.execute(
            "select internal.enqueue_messages(%s, %s)", [QUEUE, Jsonb(messages)]
        )

    def start(self, sink: Collector, pace: Pace = PATIENT, queue: str = QUEUE) -> Future[None]:
        """Start a worker."""
        return self.pool.submit(deliver_until, self.stop, self.database.url, queue, sink, pace)

    def states(self) -> list[tuple[str, str, int]]:
        """Return key, state and attempts of every message."""
        return self.connection.execute(STATES).fetchall()

    def wait_for(self, condition: str) -> None:
        """Look until a condition holds; whoever wrote the test knows that it will."""
        while self.connection.execute(condition.encode()).fetchone() != (True,):
            assert not self.stop.is_set


@pytest.fixture
def office(own_database: Database) -> Iterator[Office]:
    with connect(own_database.url) as connection, ThreadPoolExecutor() as pool:
        office = Office(own_database, connection, pool)
        yield office
        office.stop.set()


def test_what_is_there_is_delivered_and_done(office: Office) -> None:
    office.enqueue(*"abcdef")
    sink = Collector()

    worker = office.start(sink)
    got = [sink.got.get(timeout=30) for _ in range(6)]
    office.wait_for("select count(*) = 6 from internal.messages where state = 'done'")
    office.stop.set()

    assert worker.result(timeout=30) is None
    assert sorted(got) == list("abcdef")


def test_a_waiting_worker_is_woken_by_a_message(office: Office) -> None:
    sink = Collector()
    office.start(sink)
    office.wait_for(
        "select exists (select from pg_catalog.pg_stat_activity where query like 'listen %')"
        " or exists (select from pg_catalog.pg_stat_activity"
        " where query like '%claim_messages%' and pid <> pg_backend_pid() and state = 'idle')"
    )

    office.enqueue("a")

    assert sink.got.get(timeout=30) == "a"


def test_without_a_word_it_looks_after_a_while(office: Office) -> None:
    sink = Collector()
    office.connection.execute("alter table internal.messages disable trigger t90_wake_workers")
    office.start(sink, Pace(poll_s=0.01))

    office.enqueue("a")

    assert sink.got.get(timeout=30) == "a"


def test_a_waiting_worker_stops_at_once(office: Office) -> None:
    worker = office.start(Collector())

    office.stop.set()

    assert worker.result(timeout=30) is None


def test_a_stopped_worker_finishes_one_and_gives_the_others_back(office: Office) -> None:
    office.enqueue(*"abcdef")
    sink = Collector(before=lambda _: office.stop.set())

    office.start(sink).result(timeout=30)

    assert office.states() == [
        ("a", "done", 1), *((key, "pending", 0) for key in "bcdef"),
    ]  # fmt: skip
    due = office.connection.execute(
        "select count(*) from internal.messages where ready_at <= clock_timestamp()"
        " and state = 'pending' and claimed_by is null"
    ).fetchone()
    assert due == (5,)


def test_failures_do_not_hold_up_the_rest_and_keep_their_reasons(office: Office) -> None:
    def refuse(message: Message) -> None:
        if message.dedup_key in "bd":
            raise Undelivered(f"no {message.dedup_key}\0", is_final=message.dedup_key == "d")

    office.enqueue(*"abcd")
    office.start(Collector(before=refuse))
    office.wait_for("select count(*) = 2 from internal.messages where last_error is not null")

    rows = office.connection.execute(
        "select dedup_key, state, last_error from internal.messages order by id"
    ).fetchall()

    assert rows == [
        ("a", "done", None),
        ("b", "pending", "no b�"),
        ("c", "done", None),
        ("d", "dead", "no d�"),
    ]


def test_a_batch_that_outlives_its_claim_is_left_to_others(office: Office) -> None:
    office.enqueue(*"abcd")
    is_over = "select bool_and(ready_at <= clock_timestamp()) from internal.messages"
    sink = Collector(before=lambda _: office.wait_for(is_over))

    office.start(sink, Pace(batch=4, visible_for_s=0.1, poll_s=600))
    got = [sink.got.get(timeout=30) for _ in range(4)]

    # One a claim: after the first its time is over, and the others were given back.
    assert got == list("abcd")
    office.wait_for("select count(*) = 4 from internal.messages where state = 'done'")
    assert office.states() == [(key, "done", 1) for key in "abcd"]


def test_a_lost_connection_is_opened_again(office: Office) -> None:
    sink = Collector()
    office.enqueue("a")
    office.start(sink)
    assert sink.got.get(timeout=30) == "a"
    office.wait_for("select count(*) = 1 from internal.messages where state = 'done'")

    office.connection.execute(
        "select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity"
        " where application_name like 'notifications worker%' and datname = current_database()"
    )
    office.enqueue("b")

    assert sink.got.get(timeout=30) == "b"


def test_a_queue_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(QueueMissing, match="no such queue: gossip"):
        office.start(Collector(), queue="gossip").result(timeout=30)


def test_a_server_that_was_never_there_is_refused(office: Office) -> None:
    nowhere = conninfo.make_conninfo(office.database.url, port=1)

    with pytest.raises(ConnectionRefused):
        deliver_until(office.stop, nowhere, QUEUE, Collector(), PATIENT)


def test_a_login_that_may_not_deliver_is_refused(office: Office) -> None:
    as_user = conninfo.make_conninfo(office.database.url, options="-c role=authenticated")

    with pytest.raises(QueueRefused) as refused:
        deliver_until(office.stop, as_user, QUEUE, Collector(), PATIENT)

    assert refused.value.hint.startswith("grant hephaitos_worker to ")


def test_the_role_of_workers_is_all_that_is_needed(office: Office) -> None:
    as_worker = conninfo.make_conninfo(office.database.url, options="-c role=hephaitos_worker")
    office.enqueue("a", "b")

    def refuse(_: Message) -> None:
        office.stop.set()
        raise Undelivered("no")

    deliver_until(office.stop, as_worker, QUEUE, Collector(before=refuse), PATIENT)

    assert office.states() == [("a", "pending", 1), ("b", "pending", 0)]
