"""An independent witness: pg_dump reads the same catalogs with code that is not ours.

Where facts and a dump disagree, one of the two is blind.
"""

from toolkit.witness.dump import DumpEntry, SchemaDump, dump_schema, parse_dump
from toolkit.witness.program import DumpFailed, find_pg_dump
from toolkit.witness.testimony import Disagreement, compare_dumps, disagreements

__all__ = [
    "Disagreement",
    "DumpEntry",
    "DumpFailed",
    "SchemaDump",
    "compare_dumps",
    "disagreements",
    "dump_schema",
    "find_pg_dump",
    "parse_dump",
]
