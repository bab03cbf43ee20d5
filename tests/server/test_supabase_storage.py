"""40_storage.sql: rows that stand for files, guarded by policies and against deletion."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from psycopg.errors import (
    CheckViolation,
    ForeignKeyViolation,
    InsufficientPrivilege,
    RaiseException,
    UniqueViolation,
)

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.verify.identity import as_role

ADA, BOB = UUID(int=0xA), UUID(int=0xB)
OWN_FOLDER = "bucket_id = 'exports' and (storage.foldername(name))[1] = (select auth.uid()::text)"
TABLES = ("buckets", "objects", "s3_multipart_uploads", "s3_multipart_uploads_parts")


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """A connection as migrator with one bucket and its policies, rolled back."""
    with connect(pristine_database.url, autocommit=False) as opened:
        opened.execute("insert into storage.buckets (id, name) values ('exports', 'exports')")
        for command, clause in (
            ("select", f"using ({OWN_FOLDER})"),
            ("insert", f"with check ({OWN_FOLDER})"),
        ):
            opened.execute(
                f"create policy exports_{command}_own on storage.objects"
                f" for {command} to authenticated {clause}".encode()
            )
        yield opened
        opened.rollback()


def upload(connection: Connection, name: str) -> None:
    connection.execute(
        "insert into storage.objects (bucket_id, name) values ('exports', %s)", [name]
    )


def names(connection: Connection) -> list[str]:
    rows = connection.execute("select name from storage.objects order by name").fetchall()
    return [name for (name,) in rows]


@pytest.mark.parametrize(
    ("name", "folders", "file", "extension"),
    [
        ("a/b/c.tar.gz", ["a", "b"], "c.tar.gz", "gz"),
        ("a.b/c", ["a.b"], "c", "c"),
        ("c.csv", [], "c.csv", "csv"),
        ("/c.csv", [""], "c.csv", "csv"),
        ("a/", ["a"], "", ""),
    ],
)
def test_a_path_has_folders_a_file_and_an_extension(
    connection: Connection, name: str, folders: list[str], file: str, extension: str
) -> None:
    row = connection.execute(
        "select storage.foldername(%(name)s), storage.filename(%(name)s),"
        " storage.extension(%(name)s)",
        {"name": name},
    ).fetchone()

    assert row == (folders, file, extension)


def test_the_empty_path_is_no_error(connection: Connection) -> None:
    assert connection.execute("select storage.foldername('')").fetchone() == (None,)


def test_policies_are_the_guard_and_the_root_belongs_to_nobody(connection: Connection) -> None:
    upload(connection, f"{BOB}/of_bob.csv")
    upload(connection, "at_the_root.csv")

    with as_role(connection, "authenticated", ADA):
        upload(connection, f"{ADA}/of_ada.csv")
        seen = names(connection)
        for foreign in (f"{BOB}/forged.csv", "at_the_root_too.csv"):
            with pytest.raises(InsufficientPrivilege), connection.transaction():
                upload(connection, foreign)
    with as_role(connection, "anon"):
        seen_by_nobody = names(connection)

    assert seen == [f"{ADA}/of_ada.csv"]
    assert seen_by_nobody == []


def test_without_policies_nothing_is_seen(connection: Connection) -> None:
    rows = connection.execute(
        "select relname from pg_class where relnamespace = 'storage'::regnamespace"
        " and relkind = 'r' and relrowsecurity order by relname"
    ).fetchall()

    assert tuple(name for (name,) in rows) == TABLES
    with as_role(connection, "authenticated", ADA):
        assert connection.execute("select count(*) from storage.buckets").fetchone() == (0,)


@pytest.mark.parametrize("table", TABLES)
def test_sql_deletes_no_row_not_even_none(connection: Connection, table: str) -> None:
    with pytest.raises(InsufficientPrivilege) as refusal:
        connection.execute(f"delete from storage.{table} where false".encode())

    assert refusal.value.diag.message_hint == "Delete it through the Storage API."


def test_the_service_deletes_after_it_deleted_the_file(connection: Connection) -> None:
    upload(connection, f"{ADA}/old.csv")

    connection.execute("select set_config('storage.allow_delete_query', 'true', true)")
    connection.execute("delete from storage.objects")

    assert names(connection) == []


def test_the_operation_is_compared_with_or_without_its_prefix(connection: Connection) -> None:
    ask = (
        "select storage.operation(), storage.allow_only_operation('object.list'),"
        " storage.allow_any_operation(array['storage.object.list', 'object.get', null, ''])"
    )

    outside = connection.execute(ask).fetchone()
    connection.execute("select set_config('storage.operation', 'storage.object.list', true)")
    listing = connection.execute(ask).fetchone()
    connection.execute("select set_config('storage.operation', 'object.upload', true)")
    uploading = connection.execute(ask).fetchone()
    connection.execute("select set_config('storage.operation', '', true)")
    empty = connection.execute(ask).fetchone()

    assert outside == (None, False, False)
    assert listing == ("storage.object.list", True, True)
    assert uploading == ("object.upload", False, False)
    assert empty == ("", False, False)


def test_a_path_is_unique_in_its_bucket_and_the_bucket_exists(connection: Connection) -> None:
    upload(connection, "a")
    with pytest.raises(UniqueViolation, match="bucketid_objname"), connection.transaction():
        upload(connection, "a")
    with pytest.raises(ForeignKeyViolation), connection.transaction():
        connection.execute("insert into storage.objects (bucket_id, name) values ('no', 'a')")


def test_a_bucket_s_name_has_at_most_a_hundred_characters(connection: Connection) -> None:
    make = "insert into storage.buckets (id, name) values (%(name)s, %(name)s)"
    connection.execute(make, {"name": "x" * 100})

    with pytest.raises(RaiseException, match="101 characters"):
        connection.execute(make, {"name": "x" * 101})


def test_only_standard_buckets_keep_versions(connection: Connection) -> None:
    connection.execute("update storage.buckets set versioning_status = 'ENABLED'")

    with pytest.raises(CheckViolation, match="buckets_versioning_standard_only_check"):
        connection.execute("update storage.buckets set type = 'VECTOR'")


def test_an_object_knows_its_path_and_when_it_changed(connection: Connection) -> None:
    upload(connection, "a/b.csv")
    connection.execute("update storage.objects set updated_at = '2000-01-01'")

    row = connection.execute(
        "select path_tokens, updated_at = now() from storage.objects"
    ).fetchone()

    assert row == (["a", "b.csv"], True)
