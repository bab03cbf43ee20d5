"""`python -m workers.notify`: started, stopped and killed as a process."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.workers.receivers import receiver
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import SettingsError
from workers import notify

PROJECT = Path(__file__).resolve().parents[2]
ENQUEUE = """
    select internal.enqueue_messages('notifications', jsonb_agg(jsonb_build_object(
        'dedup_key', number::text,
        'kind', case
            when number %% 50 = 0 then 'is_refused'
            when number %% 50 = 25 then 'always_fails'
            else 'is_fine'
        end
    )))
    from generate_series(1, %s) as number
"""
ANSWERS = {"is_fine": 200, "is_refused": 422, "always_fails": 503}
WORKERS = 4


def start(url: str, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workers.notify", *options],
        cwd=PROJECT,
        env={**os.environ, "HEPHAITOS_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_a_worker_prints_messages_and_goes_when_told(own_database: Database) -> None:
    with connect(own_database.url) as connection:
        connection.execute(ENQUEUE, [3])

        with start(own_database.url, "--poll", "600") as worker:
            assert worker.stdout
            lines = [json.loads(worker.stdout.readline()) for _ in range(3)]
            # Nothing is claimed any more once the third line is answered for.
            _wait_for(connection, "select count(*) = 3 from internal.messages where state = 'done'")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=30) == 0

    assert [line["dedup_id"] for line in lines] == ["1", "2", "3"]


@dataclass
class Crew:
    """Four workers, one of whom is killed whenever so many messages have arrived.

    Args:
        url: of the database.
        kill_at: at which arrivals.
        chance: who.
    """

    url: str
    kill_at: set[int]
    chance: random.Random
    webhook: str = ""
    arrivals: Counter[str] = field(default_factory=Counter)
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    killed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hire(self) -> None:
        """Start one more worker."""
        self.workers.append(
            start(
                self.url,
                "--sink",
                "webhook",
                "--webhook-url",
                self.webhook,
                "--visible-for",
                "1",
                "--poll",
                "0.05",
            )
        )

    def receive(self, body: dict[str, Any], port: int) -> int:
        """Answer for a message; some are the last that a worker sends."""
        with self.lock:
            self.arrivals[body["dedup_id"]] += 1
            if self.arrivals.total() in self.kill_at:
                # By turns the one who waits for this answer, and anyone at whatever moment.
                suspects = self.workers if self.killed % 2 else self._senders(port)
                victim = self.chance.choice(suspects)
                victim.kill()
                victim.communicate()
                self.workers.remove(victim)
                self.killed += 1
                self.hire()
        return ANSWERS[body["kind"]]

    def _senders(self, port: int) -> list[subprocess.Popen[str]]:
        return [
            worker
            for worker in self.workers
            if any(end.laddr.port == port for end in psutil.Process(worker.pid).net_connections())
        ]

    def dismiss(self) -> list[int]:
        """Stop the workers that are left; return how they ended."""
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(timeout=30) for worker in self.workers if not worker.communicate()[1]]


def kill_workers(database: Database, messages: int, kills: int, seed: int) -> tuple[Crew, Any]:
    """Deliver so many messages while so many workers are killed; return what came of it."""
    chance = random.Random(seed)
    crew = Crew(database.url, set(chance.sample(range(1, messages), kills)), chance)
    with connect(database.url) as connection, receiver(crew.receive) as received:
        crew.webhook = received.url
        connection.execute(
            "update internal.queues set max_attempts = 10, first_retry_after = '10 ms',"
            " longest_retry_after = '20 ms'"
        )
        connection.execute(ENQUEUE, [messages])
        with crew.lock:
            for _ in range(WORKERS):
                crew.hire()
        try:
            _wait_for(
                connection, "select count(*) = 0 from internal.messages where state = 'pending'"
            )
        finally:
            ended = crew.dismiss()
        ends = connection.execute(
            "select dedup_key, state, last_error from internal.messages"
        ).fetchall()
    # Some of the late ones were still starting when all was done.
    assert set(ended) <= {0, -signal.SIGTERM}
    return crew, ends


@pytest.mark.parametrize(
    ("messages", "kills"),
    [(300, 3), pytest.param(10_000, 60, marks=pytest.mark.deep)],
)
def test_killed_workers_lose_nothing(own_database: Database, messages: int, kills: int) -> None:
    crew, ends = kill_workers(own_database, messages, kills, seed=20261128)

    assert crew.killed == kills
    assert set(crew.arrivals) == {str(number) for number in range(1, messages + 1)}
    assert {key for key, state, _ in ends if state == "dead"} == {
        str(number) for number in range(25, messages + 1, 25)
    }
    assert {state for _, state, _ in ends} == {"done", "dead"}
    reasons = {error[:3] for _, state, error in ends if state == "dead"}
    assert reasons == {"422", "503"}
    # Killed in the midst of it: some came twice, and their dedup id says so.
    twice = [key for key, times in crew.arrivals.items() if times > 1 and int(key) % 25]
    assert twice


def test_a_database_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEPHAITOS_DATABASE_URL", raising=False)

    with pytest.raises(SettingsError, match="no database was named"):
        notify._database_url()


@pytest.mark.parametrize("url", ["", "ftp://example.org/"])
def test_a_webhook_has_to_be_named(url: str) -> None:
    with pytest.raises(SettingsError, match="no webhook was named"):
        notify._sink(notify.SinkName.webhook, url, 1)


def _wait_for(connection: Connection, condition: str) -> None:
    """Look until a condition holds; the worst that a defect can do is to let the suite hang."""
    connection.execute("set statement_timeout = '900s'")
    connection.execute(
        f"do $$ begin while not ({condition}) loop commit; perform pg_sleep(0.02);"
        " end loop; end $$".encode()
    )
