"""The shape of the project: one direction, no rooms without a subject, engine and tenant apart."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TOOLKIT = PROJECT / "toolkit"
# An import may go to a layer further left, or stay within its own.
LAYERS = (
    ("errors", "modules", "settings"),
    ("connect",),
    ("server",),
    ("prepare",),
    ("cron",),
    ("catalog",),
    ("bodies", "history", "script", "sending"),
    ("plan",),
    ("sources",),
    ("runner",),
    ("clones", "counters", "witness"),
    ("trace",),
    ("shadow", "prove", "rehearsal"),
    ("freeze",),
    ("drift", "review"),
    ("verify",),
    ("audit",),
    ("bench",),
    ("versions",),
    ("report",),
    ("cli", "__main__"),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
SPEAKS_TO_POSTGRES = {
    "audit",
    "bench",
    "bodies",
    "catalog",
    "clones",
    "connect",
    "counters",
    "cron",
    "drift",
    "freeze",
    "history",
    "prepare",
    "prove",
    "rehearsal",
    "runner",
    "sending",
    "server",
    "sources",
    "trace",
    "verify",
    "versions",
    "witness",
}
SPEAKS_ALEMBIC = {"history", "runner", "freeze"}
ROOMS_WITHOUT_SUBJECT = {"util", "utils", "helper", "helpers", "common", "misc", "base"}
MODULES = sorted(TOOLKIT.rglob("*.py"))
LONGEST_MODULE = 400
# A run of revisions starts with these and no others; freezing's door is in migrations/env.py.
ROOMS_OF_A_RUN = {room for room, rank in RANK.items() if rank <= RANK["runner"]} | {"cli"}


def _name(module: Path) -> str:
    return str(module.relative_to(PROJECT))


def _room(module: Path) -> str:
    return module.relative_to(TOOLKIT).parts[0].removesuffix(".py")


def _imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_imports_go_one_way(module: Path) -> None:
    room = _room(module)
    if room == "__init__":
        return
    reached = {
        parts[1]
        for parts in (name.split(".") for name in _imports(module))
        if parts[0] == "toolkit" and len(parts) > 1 and parts[1] in RANK
    }

    too_far_right = {other for other in reached if RANK[other] > RANK[room]}

    assert too_far_right == set(), f"{_name(module)} reaches to the right"


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_only_some_rooms_speak_to_postgres_and_to_alembic(module: Path) -> None:
    spoken = {name.split(".")[0] for name in _imports(module)}

    if spoken & {"psycopg", "sqlalchemy"}:
        assert _room(module) in SPEAKS_TO_POSTGRES
    if "alembic" in spoken:
        assert _room(module) in SPEAKS_ALEMBIC


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_connections_are_opened_in_one_place(module: Path) -> None:
    source = module.read_text(encoding="utf-8")

    opens = re.findall(r"psycopg\.connect\(|psycopg\.Connection\.connect\(|create_engine\(", source)

    assert not opens or _room(module) == "connect"


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_only_the_command_line_prints(module: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]

    assert not calls or _room(module) == "cli"


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_a_module_is_short_enough_to_keep_in_mind(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_the_command_line_imports_no_command_before_one_is_called() -> None:
    imported = _modules_after("import toolkit.cli")

    assert {name for name in imported if name.startswith("toolkit.")} == {
        "toolkit.cli",
        "toolkit.cli.entrance",
        "toolkit.errors",
    }
    assert not _packages(imported) & {"alembic", "psycopg", "rich", "sqlalchemy"}


def test_a_run_of_revisions_imports_what_it_needs_and_no_more() -> None:
    imported = _modules_after("import toolkit.cli.migrate, toolkit.freeze.environment")

    ours = {name for name in imported if name.startswith("toolkit.")}
    rooms = {name.split(".")[1] for name in ours if not name.startswith("toolkit.freeze")}

    assert rooms <= ROOMS_OF_A_RUN
    assert {name for name in ours if name.startswith("toolkit.freeze.")} == {
        "toolkit.freeze.environment"
    }
    assert not _packages(imported) & {"docker", "jinja2", "psutil", "sqlfluff", "testcontainers"}


def test_every_room_of_the_toolkit_has_its_layer() -> None:
    rooms = {_room(module) for module in MODULES} - {"__init__"}

    assert rooms <= RANK.keys()


def test_no_room_is_without_a_subject() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.split()

    rooms = {Path(part).stem for path in tracked for part in Path(path).parts}

    assert rooms.isdisjoint(ROOMS_WITHOUT_SUBJECT)


def test_the_engine_never_names_an_object_of_the_tenant() -> None:
    objects = {
        (path.parent.name, path.stem)
        for folder in ("access", "functions", "views")
        for path in (PROJECT / "sql" / folder).glob("*/*.sql")
    }
    assert objects, "the tenant has objects, or this test looks in the wrong place"
    # A table called changes is a word of English too: such a name counts with its schema only.
    names = {rf"{schema}\.{name}" for schema, name in objects}
    names |= {name for _, name in objects if "_" in name}
    named = re.compile(rf"\b({'|'.join(sorted(names))})\b")

    found = {
        f"{path.relative_to(PROJECT)}: {match}"
        for path in TOOLKIT.rglob("*")
        if path.suffix in {".py", ".sql", ".j2"}
        for match in named.findall(path.read_text(encoding="utf-8"))
    }

    assert found == set()


def _modules_after(statement: str) -> frozenset[str]:
    """Return what a fresh Python holds after a statement."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    return frozenset(shown.stdout.split())


def _packages(modules: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}
