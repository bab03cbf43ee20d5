"""[tool.hephaitos.audit]: what it says, and what is refused."""

from typing import Any

import pytest

from toolkit.audit import RecordedTable, read_audit
from toolkit.errors import SettingsError

WHOLE: dict[str, Any] = {
    "log": "ledger.entries",
    "guard": "ledger.refuse()",
    "ahead": "1 month",
    "functions": {"insert": "ledger.note()", "delete": "ledger.strike()"},
    "tables": {"shop.orders": ["insert", "delete"], "shop.lines": ["delete"]},
}


def test_a_declaration_is_read_whole() -> None:
    declared = read_audit({"audit": WHOLE})

    assert declared.log == "ledger.entries"
    assert declared.tables == (
        RecordedTable("shop.orders", ("insert", "delete")),
        RecordedTable("shop.lines", ("delete",)),
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"guard": None}, "wrong keys"),
        ({"extra": 1}, "wrong keys"),
        ({"tables": {}}, "does not add up"),
        ({"tables": {"shop.orders": ["upsert"]}}, "does not add up"),
        ({"tables": {"shop.orders": ["update"]}}, "does not add up"),
    ],
)
def test_a_declaration_that_would_look_at_nothing_is_refused(
    change: dict[str, Any], word: str
) -> None:
    entry = {key: value for key, value in {**WHOLE, **change}.items() if value is not None}

    with pytest.raises(SettingsError, match=word):
        read_audit({"audit": entry})


def test_none_at_all_is_refused() -> None:
    with pytest.raises(SettingsError, match="wrong keys"):
        read_audit({})
