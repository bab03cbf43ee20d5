"""Finding the tenant's files: workloads and the loader of data, by path and name.

The engine imports nothing of the tenant's; it is told the folder.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from toolkit.bench.progress import Progress
from toolkit.bench.workload import Workload
from toolkit.errors import ToolkitError
from toolkit.modules import load_module, module_names
from toolkit.server import Server

_WORKLOAD, _LOADER = "WORKLOAD", "load"


class WorkloadMissing(ToolkitError):
    """There is no workload, or no loader, of that name."""


class Loader(Protocol):
    """What the tenant's dataset.py offers as `load`."""

    def __call__(
        self, server: Server, *, database: str, size: str, progress: Progress
    ) -> Mapping[str, int]:
        """Fill a migrated, empty database of a scratch server: all of it, or nothing.

        Args:
            server: a scratch server.
            database: one of its databases.
            size: the tenant's name for how much.
            progress: told where loading stands.

        Returns:
            How many rows went into each table.
        """


def load_workload(folder: Path, name: str) -> Workload:
    """Return the workload that `folder`/`name`.py defines as WORKLOAD.

    Raises:
        WorkloadMissing: no such file, or it defines no workload.
    """
    if name in module_names(folder):
        found = getattr(load_module(folder, name), _WORKLOAD, None)
        if isinstance(found, Workload):
            return found
    raise WorkloadMissing(
        f"no workload named {name}",
        detail=f"{folder.name}/ holds {', '.join(list_workloads(folder)) or 'none'}",
        hint=f"Name one of these, or write {folder.name}/{name}.py.",
    )


def list_workloads(folder: Path) -> tuple[str, ...]:
    """Return the names of all workloads of a folder, sorted. Imports its modules."""
    return tuple(
        name
        for name in module_names(folder)
        if isinstance(getattr(load_module(folder, name), _WORKLOAD, None), Workload)
    )


def load_dataset(folder: Path) -> Loader:
    """Return the function `load` of `folder`/dataset.py.

    Raises:
        WorkloadMissing: no such file, or no such function in it.
    """
    loader: Loader | None = None
    if "dataset" in module_names(folder):
        loader = getattr(load_module(folder, "dataset"), _LOADER, None)
    if loader is None:
        raise WorkloadMissing(
            "no data to load",
            detail=f"{folder.name}/dataset.py with a function {_LOADER} was not found",
            hint=f"Write {folder.name}/dataset.py.",
        )
    return loader
