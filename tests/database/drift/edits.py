"""Edits drawn at random from grammar.sql, on top of schema.sql, which has one of everything."""

import random
import re
from pathlib import Path

ROOM = Path(__file__).parent
_GRAMMAR = (ROOM / "grammar.sql").read_text(encoding="utf-8").splitlines()
_POOLS = {
    name: [word.replace("\\ ", " ") for word in re.split(r"(?<!\\) ", words)]
    for name, words in re.findall(r"^-- pool (\w+): (.+)$", "\n".join(_GRAMMAR), re.MULTILINE)
}
_EDITS = [line for line in _GRAMMAR if line and not line.startswith("--")]


def draw(chance: random.Random) -> str:
    """Return one statement; a server may well refuse it."""
    return re.sub(
        r"\{(\w+)\}", lambda pool: chance.choice(_POOLS[pool.group(1)]), chance.choice(_EDITS)
    )
