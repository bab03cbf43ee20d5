"""A throw-away cluster run from binaries: the kinds `local` and `embedded`.

The server dies with the process that started it, and what a killed process left behind is
removed at the next start. Works as root too, by handing the cluster to another user.
"""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from toolkit.errors import ServerUnavailable
from toolkit.server.binaries import Binaries
from toolkit.server.folders import ClusterFolder
from toolkit.server.ports import free_port
from toolkit.server.recipe import Recipe

HOST = "127.0.0.1"
_STOP_TIMEOUT_S = 15
_CANDIDATE_USERS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class LaunchedCluster:
    """A cluster whose postmaster, or the script that becomes it, was started here."""

    folder: ClusterFolder
    process: subprocess.Popen[bytes]
    port: int
    host: str = HOST

    @property
    def handle(self) -> str:
        """The cluster's folder."""
        return str(self.folder.path)

    def failure(self) -> str | None:
        """Return the log when the postmaster, or the script before it, has ended."""
        lives = self.process.poll() is None or self.folder.postmaster() is not None
        return None if lives else self.folder.read_log()

    def let_go(self) -> None:
        """Leave a lasting server alone; there is nothing to free."""

    def stop(self) -> None:
        """Shut down fast, then remove the folder."""
        if self.folder.is_lasting:
            stop(self.handle)
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.folder.remove()


def launch(binaries: Binaries, recipe: Recipe) -> LaunchedCluster:
    """Start a cluster; it is not ready yet when this returns.

    Raises:
        ServerUnavailable: this machine has no user that PostgreSQL may run as.
    """
    user = _unprivileged_user() if os.geteuid() == 0 else None
    folder = ClusterFolder.create(recipe)
    try:
        programs = folder.adopt_programs(binaries.folder) if user else binaries.folder
        if user:
            folder.give_to(user.pw_uid, user.pw_gid)
        port = free_port()
        process = _spawn(folder, programs, user, _environment(folder, binaries, recipe, port))
        if recipe.lasting:
            process.wait()  # the script ends when its postmaster answers in the background
    except BaseException:
        folder.remove()
        raise
    return LaunchedCluster(folder=folder, process=process, port=port)


def is_running(handle: str) -> bool:
    """Tell whether the cluster in a folder has a living postmaster."""
    return ClusterFolder(Path(handle)).postmaster() is not None


def stop(handle: str) -> None:
    """End a cluster that another process started, and remove its folder."""
    folder = ClusterFolder(Path(handle))
    postmaster = folder.postmaster()
    if postmaster is not None:
        postmaster.send_signal(signal.SIGINT)
        try:
            postmaster.wait(_STOP_TIMEOUT_S)
        except psutil.TimeoutExpired:
            postmaster.kill()
    folder.remove()


def _spawn(
    folder: ClusterFolder,
    programs: Path,
    user: pwd.struct_passwd | None,
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    with folder.log.open("ab") as log:
        return subprocess.Popen(
            [*_privileges(user, lasting=folder.is_lasting), "sh", str(folder.entrypoint)],
            cwd="/",
            env={**environment, "PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is ours to handle: Postgres must not be gone before we have cleaned up.
            start_new_session=True,
        )


def _privileges(user: pwd.struct_passwd | None, *, lasting: bool) -> list[str]:
    """Build the prefix that drops root, and ties the server's life to ours.

    The tie follows the thread that calls this, so servers are started from the main thread.
    """
    tie = [] if lasting or sys.platform != "linux" else ["--pdeathsig", "INT"]
    drop = (
        [
            *("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"),
            *("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"),
        ]
        if user
        else []
    )
    return ["setpriv", *tie, *drop] if tie or drop else []


def _environment(
    folder: ClusterFolder, binaries: Binaries, recipe: Recipe, port: int
) -> Mapping[str, str]:
    return {
        **recipe.environment,
        "PGDATA": str(folder.data),
        "SUPABASE": str(folder.path / "server" / "supabase"),
        "SOCKETS": str(folder.path),
        "LISTEN": HOST,
        "PORT": str(port),
        "LIBRARIES": binaries.libraries,
        "LANG": "C.UTF-8",
        "LASTING": "yes" if recipe.lasting else "",
    }


def _unprivileged_user() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _CANDIDATE_USERS:
        if name in known:
            return known[name]
    raise ServerUnavailable(
        "PostgreSQL refuses to run as root",
        detail=f"none of the users {', '.join(_CANDIDATE_USERS)} exists to run it instead",
        hint="Run the command as an ordinary user, or add a user named postgres.",
    )
