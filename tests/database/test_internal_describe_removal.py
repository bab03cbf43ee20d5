"""internal.describe_removal(): what a worker is told of a file to remove."""

from tests.database.conftest import World


def test_it_names_bucket_and_path(world: World) -> None:
    user_id = world.sign_up()

    message = world.value("select internal.describe_removal('k', %s, 'a/b.csv')", user_id)

    assert message == {
        "kind": "remove_file",
        "dedup_key": "k",
        "user_id": str(user_id),
        "payload": {"bucket": "exports", "path": "a/b.csv"},
    }
