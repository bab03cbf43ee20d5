"""internal.diff_rows(): by column, old and new, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ('{"a": 1, "b": 2}', '{"a": 1, "b": 3}', '{"b": {"new": 3, "old": 2}}'),
        ('{"a": 1}', '{"a": 1}', "{}"),
        ('{"a": 1.0}', '{"a": 1.00}', '{"a": {"new": 1.00, "old": 1.0}}'),
        ('{"a": null}', '{"a": 0}', '{"a": {"new": 0, "old": null}}'),
        (None, '{"a": 1}', '{"a": {"new": 1, "old": null}}'),
        ('{"a": 1}', None, '{"a": {"new": null, "old": 1}}'),
        ('{"a": {"b": [1]}}', '{"a": {"b": [2]}}',
         '{"a": {"new": {"b": [2]}, "old": {"b": [1]}}}'),
        (None, None, "{}"),
    ],
)  # fmt: skip
def test_only_what_differs_is_there(
    world: World, old: str | None, new: str | None, difference: str
) -> None:
    assert world.value("select internal.diff_rows(%s, %s)::text", old, new) == difference
