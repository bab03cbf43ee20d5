"""The catalog queries, one file a family, in queries/.

Families of one folder return the same columns, so that however many there are they are sent as one
statement.
"""

import re
from functools import cache
from importlib.resources import files

_CATALOG = re.compile(r"pg_catalog\.(pg_\w+)")


@cache
def read_query(name: str) -> bytes:
    """Return the text of queries/<name>.sql."""
    return _text(f"{name}.sql").encode()


@cache
def objects_query() -> bytes:
    """Return one statement for all families in queries/objects/, which share scope.sql."""
    return _union([_bare(_text("scope.sql")), *_families("objects")]).encode()


@cache
def details_query() -> bytes:
    """Return one statement for all families in queries/details/."""
    return _union(_families("details")).encode()


@cache
def catalogs_read() -> tuple[str, ...]:
    """Name every catalog that a query reads, sorted: what a role must be allowed to see."""
    texts = [_text("scope.sql"), _text("edges.sql"), *_families("objects"), *_families("details")]
    return tuple(sorted({name for text in texts for name in _CATALOG.findall(text)}))


def _families(folder: str) -> list[str]:
    entries = sorted((files(__package__) / "queries" / folder).iterdir(), key=lambda f: f.name)
    return [f"(\n{_bare(entry.read_text(encoding='utf-8'))}\n)" for entry in entries]


def _union(selects: list[str]) -> str:
    return "\nunion all\n".join(selects)


def _bare(text: str) -> str:
    return text.rstrip().removesuffix(";")


def _text(path: str) -> str:
    return (files(__package__) / "queries" / path).read_text(encoding="utf-8")
