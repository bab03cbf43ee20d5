r"""A schema dump as entries, with everything taken out that says how and not what.

Pure but for `dump_schema`. What is taken out: object order, the order of grants and of storage
options, the random keys of \restrict, the names of not-null constraints, which PostgreSQL 18 prints
and nobody chooses, and the option pg_attver, in which the server (since 17.12) counts for itself.
Where the server prints one thing in two ways, the text has the one form that facts have, too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.catalog.reprints import reprinted
from toolkit.catalog.scope import TOOLKIT_SCHEMA, VERSION_TABLE
from toolkit.witness.program import run_pg_dump

_HEADER = re.compile(r"^-- Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)$")
_STATE = re.compile(r"^SET (default_tablespace|default_table_access_method) = (.*);$")
_USUAL = {"default_tablespace": "''", "default_table_access_method": "heap"}
_PRIVILEGE = ("GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES ")
_SESSION = re.compile(r"^(?:SET SESSION AUTHORIZATION (.*)|(RESET SESSION AUTHORIZATION));$")
_NOT_NULL_NAME = re.compile(r"\bCONSTRAINT (?:\"(?:[^\"]|\"\")+\"|\w+) (?=NOT NULL\b)")
_OPTIONS = re.compile(r"\bWITH \(([^()]*)\)")
_SERVERS_OWN = re.compile(
    r"^ALTER TABLE ONLY .* ALTER COLUMN .* SET \(pg_attver=\d+\);\n"
    r"|(?<=SET \()pg_attver=\d+, |, pg_attver=\d+(?=[,)])",
    re.MULTILINE,
)
_NOISE = ("--", "\\restrict", "\\unrestrict")

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class DumpEntry:
    """One object of a dump's table of contents.

    Args:
        type: as pg_dump calls it: TABLE, FK CONSTRAINT, ACL.
        schema: its schema, empty when it lives in none.
        name: as pg_dump tags it, unquoted.
        owner: who owns it, empty when nobody does.
        text: its statements, normalised.
    """

    type: str
    schema: str
    name: str
    owner: str
    text: str

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.type, self.schema, self.name

    def __str__(self) -> str:
        where = f" in {self.schema}" if self.schema else ""
        return f"{self.type.lower()} {self.name}{where}"


@dataclass(frozen=True, slots=True)
class SchemaDump:
    """A whole schema, comparable with another one of a server of the same version."""

    entries: Mapping[Key, DumpEntry]

    @property
    def text(self) -> str:
        """All of it as one text, sorted; equal when the dumps are."""
        return "\n\n".join(f"-- {entry}\n{entry.text}" for entry in self.entries.values())


def dump_schema(program: Path, url: str) -> SchemaDump:
    """Dump a database and normalise it.

    Args:
        program: a pg_dump at least as new as the server.
        url: the database.

    Raises:
        DumpFailed: pg_dump did not finish.
    """
    return parse_dump(run_pg_dump(program, url))


def parse_dump(text: str) -> SchemaDump:
    """Cut a dump into entries and normalise each. O(lines).

    The toolkit's own objects are left out: they are in no revision.
    """
    entries = [entry for entry in _entries(text.splitlines()) if not _is_toolkits(entry)]
    return SchemaDump({entry.key: entry for entry in sorted(entries, key=lambda one: one.key)})


def _entries(lines: Iterable[str]) -> Iterator[DumpEntry]:
    head: tuple[str, ...] | None = None
    body: list[str] = []
    state: dict[str, str] = {}
    for line in lines:
        if (header := _HEADER.match(line)) is not None:
            if head is not None:
                yield _entry(head, body)
            head = header.groups()
            body = [f"{name} {value}" for name, value in sorted(state.items())]
        elif (setting := _STATE.match(line)) is not None:
            name, value = setting.groups()
            state[name] = value
            if value == _USUAL[name]:
                del state[name]
        elif not line.startswith(_NOISE):
            body.append(line)
    if head is not None:
        yield _entry(head, body)


def _entry(head: tuple[str, ...], body: list[str]) -> DumpEntry:
    name, type_, schema, owner = head
    text = _SERVERS_OWN.sub("", "\n".join([*_sorted_privileges(body), ""])).strip()
    text = _OPTIONS.sub(_sorted_options, _NOT_NULL_NAME.sub("", text))
    return DumpEntry(type_, "" if schema == "-" else schema, name, owner, reprinted(text))


def _sorted_privileges(lines: list[str]) -> list[str]:
    """Sort grants and name the grantor on each, instead of switching to him and back."""
    grantor = ""
    privileges, others = [], []
    for line in lines:
        if (session := _SESSION.match(line)) is not None:
            grantor = f" -- by {session.group(1)}" if session.group(1) else ""
        elif line.startswith(_PRIVILEGE):
            privileges.append(line + grantor)
        else:
            others.append(line)
    return others + sorted(privileges)


def _sorted_options(match: re.Match[str]) -> str:
    return f"WITH ({', '.join(sorted(match.group(1).split(', ')))})"


def _is_toolkits(entry: DumpEntry) -> bool:
    if TOOLKIT_SCHEMA in (entry.schema, entry.name if entry.type == "SCHEMA" else ""):
        return True
    return VERSION_TABLE in re.split(r"[ .]", entry.name)
