"""A scratch server in a container: our image, through testcontainers; the kind `container`.

The server lives while this process holds its standard input. What a killed process leaves behind
carries a label, by which the next start finds and removes it.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import psutil
from docker.errors import APIError, BuildError, DockerException, ImageNotFound, NotFound
from docker.models.containers import Container
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from toolkit.errors import ServerUnavailable
from toolkit.server.model import Progress, silent
from toolkit.server.recipe import Recipe

HOST = "127.0.0.1"
_PORT = 5432
_DEFAULT_HOST = "unix:///var/run/docker.sock"
_OWNER, _LASTING = "hephaitos.owner", "hephaitos.lasting"
_DATA = "/var/lib/postgresql/data"
_PING_TIMEOUT_S = 3
# Postgres' parallel workers share memory through /dev/shm, of which an engine gives 64 MB.
_SHARED_MEMORY = "1g"
_LOG_TAIL_LINES = 50


@dataclass(frozen=True, slots=True)
class LaunchedContainer:
    """A container that was started here."""

    container: Container
    port: int
    lease: Any
    host: str = HOST

    @property
    def handle(self) -> str:
        """The container's id."""
        return str(self.container.id)

    def failure(self) -> str | None:
        """Return what the container printed when it no longer runs."""
        try:
            self.container.reload()
            if self.container.status in {"created", "running"}:
                return None
            return self.container.logs(tail=_LOG_TAIL_LINES).decode(errors="replace")
        except NotFound:
            return "the container was removed"

    def stop(self) -> None:
        """Remove the container with its data."""
        _remove(self.container)
        self.let_go()

    def let_go(self) -> None:
        """Close the lease, which ends a container that lives by it, and the engine's sockets."""
        if self.lease is not None:
            # What attaching returns is a file over a socket that its client closes nowhere.
            underneath = self.lease._sock  # noqa: SLF001
            self.lease.close()
            underneath.close()
        if self.container.client is not None:
            self.container.client.close()


def is_available() -> bool:
    """Tell whether a container engine answers; at most a few seconds."""
    host = os.environ.get("DOCKER_HOST", _DEFAULT_HOST)
    if host.startswith("unix://") and not Path(host.removeprefix("unix://")).exists():
        return False
    try:
        client = docker.from_env(timeout=_PING_TIMEOUT_S)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


def launch(recipe: Recipe, progress: Progress = silent) -> LaunchedContainer:
    """Start a container; the server in it is not ready yet when this returns.

    Raises:
        ServerUnavailable: no engine answers, or the image cannot be built.
    """
    client = _client()
    try:
        image = _ensure_image(client, recipe, progress)
    finally:
        client.close()
    specification = _specify(image, recipe)
    try:
        specification.start()
        container = specification.get_wrapped_container()
        port = int(specification.get_docker_client().port(specification.get_container_id(), _PORT))
        lease = None if recipe.lasting else _attach(container)
    except BaseException as error:
        specification.stop()
        if isinstance(error, DockerException):
            raise _unavailable("the container cannot be started", error) from error
        raise
    return LaunchedContainer(container=container, port=port, lease=lease)


def is_running(handle: str) -> bool:
    """Tell whether a container runs; False when there is no engine either."""
    try:
        client = _client()
    except ServerUnavailable:
        return False
    try:
        return str(client.containers.get(handle).status) == "running"
    except DockerException:
        return False
    finally:
        client.close()


def stop(handle: str) -> None:
    """Remove a container that another process started; harmless when it is gone."""
    client = _client()
    try:
        _remove(client.containers.get(handle))
    except NotFound:
        pass
    finally:
        client.close()


def sweep() -> int:
    """Remove containers whose owner died before it could.

    Returns:
        How many were removed.
    """
    return _sweep(_OWNER, lambda container: not _lives(container.labels[_OWNER]))


def sweep_lasting(recipe: Recipe) -> int:
    """Remove every lasting container of a project; call it when none of them is known.

    Returns:
        How many were removed.
    """
    return _sweep(_LASTING, lambda container: container.labels[_LASTING] == str(recipe.folder))


def _sweep(label: str, is_orphan: Callable[[Container], bool]) -> int:
    client = _client()
    try:
        labelled = client.containers.list(all=True, filters={"label": label})
        orphans = [container for container in labelled if is_orphan(container)]
        for container in orphans:
            _remove(container)
        return len(orphans)
    finally:
        client.close()


def _specify(image: str, recipe: Recipe) -> DockerContainer:
    # The reaper would be pulled from a registry; the lease and the sweep do its work.
    testcontainers_config.ryuk_disabled = True
    options: dict[str, Any] = (
        {"labels": {_LASTING: str(recipe.folder)}}
        if recipe.lasting
        else {"labels": {_OWNER: _owner()}, "stdin_open": True}
    )
    specification = DockerContainer(image, shm_size=_SHARED_MEMORY, **options)
    specification.env.update(recipe.environment)
    if not recipe.lasting:
        specification.with_env("LEASE", "stdin")
    if not recipe.on_disk:
        specification.with_tmpfs_mount(_DATA, "uid=999,gid=999,mode=0700")
    # Docker's client takes (address, port); testcontainers' own way publishes on every address.
    specification.ports[str(_PORT)] = (HOST, None)  # type: ignore[assignment]  # typed as int only
    return specification


def _ensure_image(client: docker.DockerClient, recipe: Recipe, progress: Progress) -> str:
    tag = f"hephaitos-postgres:{recipe.fingerprint}"
    try:
        client.images.get(tag)
    except ImageNotFound:
        progress(f"building the image {tag}; the first time takes a minute")
        try:
            client.images.build(path=str(recipe.folder), tag=tag, rm=True, network_mode="host")
        except (BuildError, APIError) as error:
            raise _unavailable("the server's image cannot be built", error) from error
    return tag


def _client() -> docker.DockerClient:
    try:
        client = docker.from_env()
        client.ping()
    except (DockerException, OSError) as error:
        raise _unavailable("no container engine answers", error) from error
    return client


def _unavailable(message: str, error: Exception) -> ServerUnavailable:
    return ServerUnavailable(
        message,
        detail=str(error),
        hint="Start the engine, or choose another server with --kind local or --kind embedded.",
    )


def _attach(container: Container) -> Any:
    assert container.client is not None  # set on every container that a client returned
    return container.client.api.attach_socket(str(container.id), {"stdin": 1, "stream": 1})


def _remove(container: Container) -> None:
    with suppress(NotFound):
        try:
            container.remove(force=True, v=True)
        except APIError as error:
            if error.status_code != 409:  # 409: it is being removed already
                raise


def _owner() -> str:
    return f"{os.getpid()}:{psutil.Process().create_time():.0f}"


def _lives(owner: str) -> bool:
    pid, _, started = owner.partition(":")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < 2
    except (psutil.NoSuchProcess, ValueError):
        return False
