"""Loading: files sent to a scratch database until each is in, and what each of them made.

A file that fails is sent again as long as others get in, so nobody has to order them. Many go in
one message; when one of these fails, none of them is in, and each is sent by itself: a file is one
implicit transaction.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import errors

from toolkit.connect import Connection
from toolkit.script import Statement, split
from toolkit.sources.files import Room, SourceFile
from toolkit.sources.refusal import SourcesRefused, line_at
from toolkit.sources.stubs import or_replace, stub

_MARK = "hephaitos made "
# How many files go in one message.
_TOGETHER = 200
# The scratch database is thrown away; pg_dump and facts are asked when this is gone again.
_WITNESS = """
create schema if not exists hephaitos;
create function hephaitos.say_what_was_made() returns event_trigger
language plpgsql set search_path = '' as $$
declare
    made record;
begin
    for made in
        select
            command.object_type,
            address.object_names,
            (select oidvectortypes(proargtypes) from pg_proc where oid = command.objid) as arguments
        from pg_event_trigger_ddl_commands() as command,
            pg_identify_object_as_address(command.classid, command.objid, command.objsubid)
                as address
        where command.command_tag like 'CREATE%'
    loop
        raise notice using message = 'hephaitos made ' || json_build_array(
            current_setting('hephaitos.file', true),
            made.object_type,
            made.object_names,
            coalesce(made.arguments, '')
        );
    end loop;
end
$$;
create event trigger hephaitos_say_what_was_made on ddl_command_end
when tag in (
    'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE AGGREGATE', 'CREATE VIEW',
    'CREATE MATERIALIZED VIEW', 'CREATE TRIGGER', 'CREATE RULE', 'CREATE POLICY',
    'CREATE PUBLICATION', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE SEQUENCE',
    'CREATE TYPE', 'CREATE DOMAIN', 'CREATE SCHEMA', 'CREATE INDEX', 'CREATE STATISTICS',
    'CREATE EXTENSION'
)
execute function hephaitos.say_what_was_made();
"""
_NO_WITNESS = """
drop event trigger hephaitos_say_what_was_made;
drop function hephaitos.say_what_was_made();
"""
# What stands before each file; positions of errors count it.
_SET = "set local hephaitos.file = '{:04}';"
_JOBS = "select jobname from cron.job where jobname is not null"


@dataclass(frozen=True, slots=True)
class Made:
    """One object that a file made.

    Args:
        type: as PostgreSQL calls it: function, materialized view, trigger.
        names: schema, name, and the part's own name for triggers, policies and rules.
        arguments: the types of a routine's arguments.
    """

    type: str
    names: tuple[str, ...]
    arguments: str = ""

    def __str__(self) -> str:
        return f"{self.type} {'.'.join(self.names)}"


@dataclass(slots=True)
class Loader:
    """Sends files.

    Args:
        connection: as the role that applies revisions, autocommit.
        made: what each file made, by its path.
    """

    connection: Connection
    made: dict[str, dict[Made, None]] = field(default_factory=dict)
    _heard: list[tuple[str, Made]] = field(default_factory=list)
    _stubbed: set[str] = field(default_factory=set)

    def load(self, files: list[SourceFile]) -> dict[str, psycopg.Error]:
        """Send files until all are in or none gets in any more.

        Returns:
            The error of each file that did not get in, by path. Messages: one for many files, and
            one a file for those among which one came too early or is wrong.
        """
        self.connection.add_notice_handler(self._hear)
        self.connection.execute(
            "select set_config('check_function_bodies', 'off', false), "
            "set_config('client_min_messages', 'notice', false)"
        )
        try:
            return self._load(files)
        finally:
            self.connection.remove_notice_handler(self._hear)

    def _load(self, files: list[SourceFile]) -> dict[str, psycopg.Error]:
        waiting, refused = self._load_together(files), dict[str, psycopg.Error]()
        while waiting:
            refused = {}
            for file in waiting:
                error = self._send(file)
                if error is not None:
                    refused[file.path] = error
            left = [file for file in waiting if file.path in refused]
            if len(left) == len(waiting):
                stubbed = {file.path for file in left if self._stub(file)}
                if stubbed <= self._stubbed:
                    break
                self._stubbed |= stubbed
            waiting = left
        return refused

    def _load_together(self, files: list[SourceFile]) -> list[SourceFile]:
        """Send many files a message, and return those that have to be sent by themselves."""
        alone = [file for file in files if file.room is Room.CRON]
        plain = [file for file in files if file.room is not Room.CRON]
        for begin in range(0, len(plain), _TOGETHER):
            batch = plain[begin : begin + _TOGETHER]
            try:
                self._execute(batch)
            except psycopg.Error:
                if self.connection.closed:
                    raise
                alone[:0] = batch
        order = {file.path: place for place, file in enumerate(files)}
        return sorted(alone, key=lambda file: order[file.path])

    def _execute(self, files: list[SourceFile]) -> None:
        """Run files as one implicit transaction, and note what each made."""
        self._heard.clear()
        # Each begins a line of its own, so that a comment at a file's end hides nothing.
        texts = [f"{_SET.format(place)}{self._text(file)}\n;\n"
                 for place, file in enumerate(files)]  # fmt: skip
        self.connection.execute("".join(texts).encode())
        for file in files:
            self.made.setdefault(file.path, {})
        for place, made in self._heard:
            self.made[files[int(place)].path][made] = None

    def _text(self, file: SourceFile) -> str:
        return or_replace(file.text) if file.path in self._stubbed else file.text

    def _send(self, file: SourceFile) -> psycopg.Error | None:
        before = self._jobs() if file.room is Room.CRON else frozenset()
        try:
            self._execute([file])
        except psycopg.Error as error:
            if self.connection.closed:
                raise
            return error
        if file.room is Room.CRON:
            jobs = sorted(self._jobs() - before)
            self.made[file.path].update({Made("job", (name,)): None for name in jobs})
        return None

    def _stub(self, file: SourceFile) -> bool:
        """Make the functions of a file without their bodies, which wait for each other."""
        done = False
        for statement in split(file.text):
            text = stub(statement.text)
            if text is None:
                continue
            try:
                self.connection.execute(text.encode())
            except psycopg.Error:
                continue
            done = True
        return done

    def _jobs(self) -> frozenset[str]:
        return frozenset(name for (name,) in self.connection.execute(_JOBS.encode()).fetchall())

    def _hear(self, diagnostic: errors.Diagnostic) -> None:
        message = diagnostic.message_primary or ""
        if message.startswith(_MARK):
            place, type_, names, arguments = json.loads(message.removeprefix(_MARK))
            if place:
                self._heard.append((place, Made(type_, tuple(names), arguments)))


@contextmanager
def witnessed(admin: Connection) -> Iterator[None]:
    """Have the server say what each file makes, for the length of a block.

    Args:
        admin: to the same database, as superuser: nobody else makes event triggers.
    """
    admin.execute(_WITNESS.encode())
    try:
        yield
    finally:
        if not admin.closed:
            admin.execute(_NO_WITNESS.encode())


def refusal(
    refused: dict[str, psycopg.Error], files: list[SourceFile], connection: Connection
) -> SourcesRefused:
    """Say why files did not get in: the one that explains most first.

    Args:
        refused: the error of each, one at least.
        files: all files.
        connection: the one that they were sent by.
    """
    by_path = {file.path: file for file in files}
    # What is not there may be so because its own file did not get in.
    path = min(refused, key=lambda one: (_is_missing(refused[one]), one))
    error, file = refused[path], by_path[path]
    line, title = _place(error, file, connection)
    said = error.diag
    detail = ". ".join(
        part.rstrip(".")
        for part in (said.message_detail, f"the statement begins {title!r}" if title else "")
        if part
    )
    others = sorted(set(refused) - {path})
    if others:
        detail += f"; not loaded either: {', '.join(others[:5])}"
        detail += f" and {len(others) - 5} more" if len(others) > 5 else ""
    return SourcesRefused(
        f"{path}:{line}: {said.message_primary or error}",
        detail=detail or f"SQLSTATE {error.sqlstate}",
        hint=said.message_hint or _advice(error),
    )


def _is_missing(error: psycopg.Error) -> bool:
    missing = (
        errors.UndefinedTable, errors.UndefinedFunction, errors.UndefinedObject,
        errors.UndefinedColumn, errors.InvalidSchemaName,
    )  # fmt: skip
    return isinstance(error, missing)


def _place(error: psycopg.Error, file: SourceFile, connection: Connection) -> tuple[int, str]:
    """Return the line of an error and the beginning of its statement."""
    position = error.diag.statement_position
    statements = split(file.text)
    if position is not None:
        line = line_at(file.text, max(1, int(position) - len(_SET.format(0))))
        before = [statement for statement in statements if statement.line <= line]
        return line, before[-1].title if before else ""
    failed = _failing(statements, connection)
    return (failed.line, failed.title) if failed is not None else (1, "")


def _failing(statements: tuple[Statement, ...], connection: Connection) -> Statement | None:
    """Run a file once more, statement by statement: some errors have no position."""
    with connection.transaction(force_rollback=True):
        for statement in statements:
            try:
                with connection.transaction():
                    connection.execute(statement.text.encode())
            except psycopg.Error:
                return statement
    return None


def _advice(error: psycopg.Error) -> str:
    if isinstance(error, errors.SyntaxError):
        return "Correct the statement at this line."
    if _is_missing(error):
        return "Give the object a file in sql/, or make it in a revision first."
    return "Correct the file, then run the command again."
