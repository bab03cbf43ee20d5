"""The tenant's Python, found by folder and name.

The engine imports nothing of the tenant's; it is told the folder.
"""

import importlib
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_module(folder: Path, name: str) -> ModuleType:
    """Import one module of a folder that need not be on sys.path.

    Its neighbours can import each other by the folder's name. Of two folders of one name the last
    one asked for counts.
    """
    package = folder.name
    known = sys.modules.get(package)
    if known is None or str(folder) not in map(str, getattr(known, "__path__", ())):
        for stale in [module for module in sys.modules if module.startswith(f"{package}.")]:
            del sys.modules[stale]
        spec = importlib.machinery.ModuleSpec(package, loader=None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[package] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{package}.{name}")


def module_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the modules in a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.py") if path.stem.isidentifier()))
