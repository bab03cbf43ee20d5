"""Runners as processes of their own, ready at once: forked from one that has loaded everything.

A test that starts hundreds would else spend its time importing. Each is the command `alembic`
in a process that can be killed like any other.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

# Reads orders from stdin, one JSON object a line, and answers each with a number.
_NURSERY = """
import json, os, signal, sys, traceback
import alembic.config, psycopg, sqlalchemy.dialects.postgresql.psycopg
import toolkit.runner.environment

def run(order):
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.chdir(order["folder"])
    # A suite that runs in the background is deaf to Ctrl-C, and so would its children be.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["HEPHAITOS_DATABASE_URL"] = order["url"]
    code = 70
    try:
        code = alembic.config.main(order["arguments"], "alembic") or 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

for line in sys.stdin:
    order = json.loads(line)
    if "wait" in order:
        answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
    else:
        answer = os.fork()
        if answer == 0:
            run(order)
    print(answer, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Runner:
    """One process that was started.

    Args:
        pid: of it.
        said: the file that holds what it said.
        nursery: who has to be asked for its end.
    """

    pid: int
    said: Path
    nursery: "Nursery"

    def kill(self) -> None:
        """End it as the kernel would: it cannot say goodbye to anybody."""
        os.kill(self.pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """Send it Ctrl-C."""
        os.kill(self.pid, signal.SIGINT)

    def wait(self) -> int:
        """Return its exit code, negative for a signal."""
        return self.nursery.order({"wait": self.pid})

    def wait_for(self, words: str, times: int) -> None:
        """Return when it has said something so often, or has ended."""
        while self.words.count(words) < times and self.lives:
            time.sleep(0.005)

    @property
    def lives(self) -> bool:
        """Whether it is still at work; nobody has asked for its end yet."""
        return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE

    @property
    def words(self) -> str:
        """What it said so far."""
        return self.said.read_text(encoding="utf-8") if self.said.exists() else ""


@dataclass(slots=True)
class Nursery:
    """The process that forks runners.

    Args:
        process: it.
        folder: where the words of its runners go.
        count: runners so far.
    """

    process: "subprocess.Popen[str]"
    folder: Path
    count: int = 0

    def start(self, project: Path, url: str, *arguments: str) -> Runner:
        """Start `alembic …` on a database."""
        self.count += 1
        said = self.folder / f"{self.count}.said"
        pid = self.order(
            {"folder": str(project), "url": url, "arguments": arguments, "said": str(said)}
        )
        return Runner(pid, said, self)

    def order(self, order: dict[str, object]) -> int:
        """Pass an order on and return the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Keep one for the length of a block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEPHAITOS_")}
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-c", _NURSERY],
            cwd=Path(__file__).resolve().parents[2],
            env=kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        yield Nursery(process, Path(folder))
