"""The entrance: every command by its name, imported when it is called.

So a command starts with the imports that are its own; the list of commands imports none. What a
command is called is what its module is called.
"""

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import typer

# Typer carries its own Click and exports no name for what a command is made of.
from typer._click.core import Command, Context
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

# In the order of the list; each line is what the command itself says first.
COMMANDS: Mapping[str, str] = {
    "demo": "Start a server, migrate it, load data, check it, and measure what an N+1 costs.",
    "server": "Start, stop and list scratch servers: throw-away PostgreSQL that looks like "
    "Supabase.",
    "doctor": "Say which scratch servers this machine can start, and what the target lacks.",
    "prepare": "Make the tenant's roles in the target's cluster; safe to run again, and beside "
    "itself.",
    "migrate": "Apply revisions: one runner at a time, within a lock budget, only where the facts "
    "are right.",
    "rollback": "Take revisions back, after listing the data that would be lost and asking.",
    "status": "Say where a database is, what it lacks, who is at work on it and how the last runs "
    "went.",
    "freeze": "Write the next revision: both ways, proven on clones with rows in them.",
    "check": "Compare sql/ with what the whole history makes.",
    "schema": "Print the schema of a database as Markdown: a diagram, tables, rules, functions, "
    "grants.",
    "verify": "Check a database: rules about its catalog, and calls of its functions as everybody.",
    "audit": "The record of changes.",
    "drift": "Compare a database with the state at its own revision, and say how to get back "
    "there.",
    "facts": "Count what a database holds; with --format json, print every fact.",
    "plan": "Print the statements that make FROM like TO, in the order to run them.",
    "review": "Review a revision before anybody applies it: what it locks, changes, breaks and "
    "loses.",
    "cron": "Jobs of pg_cron: see whether they run; run one.",
    "bench": "Measure the ways to one answer, side by side, on a scratch server.",
    "compare": "Ask two versions of a function the same, and say where they differ and what they "
    "cost.",
    "retire": "Say whether a function of a database in use may go, because nobody calls it.",
}


class LateCommand(TyperCommand):
    """Stands in the list for a command until somebody calls it."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        """Let the command itself read the rest of the line, and run."""
        return self.load().make_context(info_name, args, parent, **extra)

    def load(self) -> Command:
        """Import the command: its module holds a group `app`, or one function `run`."""
        name = str(self.name)
        module = importlib.import_module(f"toolkit.cli.{name}")
        group: typer.Typer | None = getattr(module, "app", None)
        return get_group(group) if group is not None else _single(name, module)


class Entrance(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        commands = [LateCommand(name=name, help=line) for name, line in COMMANDS.items()]
        super().__init__(**{**attributes, "commands": commands})


def _single(name: str, module: ModuleType) -> Command:
    alone = typer.Typer(add_completion=False)
    alone.command(name, context_settings=getattr(module, "CONTEXT_SETTINGS", None))(module.run)
    return get_command(alone)
