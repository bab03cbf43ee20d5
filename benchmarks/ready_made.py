"""Trades written to a file beforehand, so that copying them costs no generation.

What the loader's own rate is compared with, and what studies of the table's layout copy.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from toolkit.connect import Connection

_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A file of COPY's text format, cut into parts for one statement each.

    Args:
        path: where it is.
        row_count: lines in all.
        part_bytes: length of each part.
    """

    path: Path
    row_count: int
    part_bytes: tuple[int, ...]

    def copy(self, connection: Connection, statement: sql.Composed) -> None:
        """Copy all parts, one statement each. Memory O(1)."""
        with self.path.open("rb") as file:
            for length in self.part_bytes:
                with connection.cursor().copy(statement) as copy:
                    for start in range(0, length, _READ_BYTES):
                        copy.write(file.read(min(_READ_BYTES, length - start)))


def write(path: Path, blocks: Iterable[tuple[int, bytes]], *, blocks_a_part: int) -> ReadyMade:
    """Write blocks of rows to a file.

    Args:
        path: written anew.
        blocks: row count and text of each.
        blocks_a_part: how many go with one statement.
    """
    row_count = 0
    part_bytes: list[int] = []
    with path.open("wb") as file:
        for number, (rows, text) in enumerate(blocks):
            if number % blocks_a_part == 0:
                part_bytes.append(0)
            part_bytes[-1] += file.write(text)
            row_count += rows
    return ReadyMade(path, row_count, tuple(part_bytes))


def drop_column(blocks: Iterator[tuple[int, bytes]], position: int) -> Iterator[tuple[int, bytes]]:
    """Take one column out of every line."""
    for rows, text in blocks:
        lines = (line.split(b"\t") for line in text.splitlines())
        yield (
            rows,
            b"".join(
                b"\t".join(fields[:position] + fields[position + 1 :]) + b"\n" for fields in lines
            ),
        )
