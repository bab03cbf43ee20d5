"""A project as large as asked for: tables in history, everything else in sql/ and frozen."""

import hashlib
import shutil
from pathlib import Path

from benchmarks.engine.crowd import Crowd
from benchmarks.engine.functions import create_function

REPOSITORY = Path(__file__).resolve().parents[2]
_REVISION = '''"""Make a crowd.

Locks:   none.
Rewrite: none.
Reverse: drops it.
"""

from toolkit.history import Frozen

revision = "0001"
down_revision = None

FROZEN = Frozen(__file__, up="{up}", down="{down}")


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
'''


def make_project(root: Path, crowd: Crowd) -> int:
    """Write a project whose sql/ is its head; return how many files sql/ has."""
    migrations = root / "migrations"
    (migrations / "versions").mkdir(parents=True)
    (migrations / "frozen").mkdir()
    shutil.copy(REPOSITORY / "alembic.ini", root)
    shutil.copy(REPOSITORY / "migrations" / "env.py", migrations)
    files = _files(crowd)
    for path, text in files.items():
        file = root / "sql" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    tables = "".join(
        f"create table crowd.table_{number:04} (id bigint primary key, user_id uuid not null);\n"
        for number in range(crowd.tables)
    )
    # Functions first, then what hangs on tables and on each other.
    body = "".join(f"{files[path]}\n" for path in sorted(files, key=_turn))
    up = f"set local lock_timeout = '2s';\ncreate schema crowd;\n{tables}{body}"
    down = "set local lock_timeout = '2s';\ndrop schema crowd cascade;\n"
    for direction, text in (("up", up), ("down", down)):
        (migrations / "frozen" / f"0001.{direction}.sql").write_text(text, encoding="utf-8")
    revision = _REVISION.format(up=_sha256(up), down=_sha256(down))
    (migrations / "versions" / "0001_make_crowd.py").write_text(revision, encoding="utf-8")
    return len(files)


def _files(crowd: Crowd) -> dict[str, str]:
    functions = {
        f"functions/crowd/function_{number:04}.sql": f"{create_function(number)};\n"
        for number in range(crowd.functions)
    }
    views = {
        f"views/crowd/view_{number:04}.sql": f"create view crowd.view_{number:04} as\n"
        f"select id, user_id from crowd.table_{number:04};\n"
        for number in range(crowd.views)
    }
    triggers = {
        f"triggers/crowd/table_{number:04}.t30_touch.sql": "create or replace trigger t30_touch\n"
        f"before update on crowd.table_{number:04}\n"
        "for each row execute function suppress_redundant_updates_trigger();\n"
        for number in range(crowd.tables)
    }
    access = {
        f"access/crowd/table_{number:04}.sql": f"""
alter table crowd.table_{number:04} enable row level security;
drop policy if exists own on crowd.table_{number:04};
create policy own on crowd.table_{number:04}
for select to authenticated
using (user_id is not null);
grant select on crowd.table_{number:04} to authenticated;
"""
        for number in range(crowd.tables)
    }
    return {**functions, **views, **triggers, **access}


def _turn(path: str) -> tuple[int, str]:
    return ("functions", "views", "triggers", "access").index(path.split("/")[0]), path


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
