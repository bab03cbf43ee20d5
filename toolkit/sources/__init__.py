"""Sources: `sql/`, the present, as facts; loaded into a scratch clone of history.

PostgreSQL is the only parser: what a file makes is what the catalogs say it made.
"""

from toolkit.sources.declared import Declared, load_sources, undress
from toolkit.sources.files import Room, SourceFile, Sources, read_sources
from toolkit.sources.refusal import SourcesRefused

__all__ = [
    "Declared",
    "Room",
    "SourceFile",
    "Sources",
    "SourcesRefused",
    "load_sources",
    "read_sources",
    "undress",
]
