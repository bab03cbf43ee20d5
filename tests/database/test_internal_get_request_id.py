"""internal.get_request_id(): in which request, as far as its headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize(
    ("headers", "found"),
    [('{"x-request-id": "r-1"}', "r-1"), ('{"accept": "*/*"}', None), ("", None)],
)
def test_the_request_is_the_one_that_its_headers_name(
    world: World, headers: str, found: str | None
) -> None:
    world.run("select set_config('request.headers', %s, true)", headers)

    world.sign_up()

    assert world.value("select request_id from audit.changes") == found
