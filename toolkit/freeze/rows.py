"""Rows for a proof: the tenant's own data, by the loader that its demo and benchmarks use."""

from toolkit.clones import Database
from toolkit.modules import load_module, module_names
from toolkit.prove import Fill
from toolkit.server import Server
from toolkit.settings import Settings

_FOLDER, _MODULE, _LOADER = "benchmarks", "dataset", "load"


def find_rows(server: Server, settings: Settings) -> Fill | None:
    """Return what fills a clone: `load` of benchmarks/dataset.py, in the size of the demo.

    None when the project has no such loader, or declares no demo.
    """
    folder = settings.project_root / _FOLDER
    if "demo" not in settings.tenant or _MODULE not in module_names(folder):
        return None
    load = getattr(load_module(folder, _MODULE), _LOADER, None)
    if load is None:
        return None
    size = settings.demo.data

    def fill(database: Database) -> None:
        load(server, database=database.name, size=size)

    return fill
