"""The rules as files: numbered, explained, and of one form."""

import re

import pytest

from toolkit.errors import SettingsError
from toolkit.verify.rulebook import Rule, read_rule, rules

each_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)


def test_the_header_is_read() -> None:
    rule = read_rule(
        "0007_notes",
        "-- purpose:  Every note has a key.\n"
        "-- why:      Without one it cannot be\n"
        "--           named.\n"
        "-- except:   say so.\n"
        "-- requires: hstore\n"
        "\n"
        "-- no part of the header: this is about the query\n"
        "select 1;\n",
    )

    assert rule.purpose == "Every note has a key."
    assert rule.why == "Without one it cannot be named."
    assert rule.exception == "say so."
    assert rule.requires == "hstore"


@pytest.mark.parametrize(
    "text",
    [
        "select 1;",
        "-- purpose: Every note has a key.\nselect 1;",
        "-- purpose: A.\n-- why: B.\n-- severity: high\nselect 1;",
    ],
)
def test_an_unusable_header_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="0007_notes"):
        read_rule("0007_notes", text)


def test_rules_are_numbered_without_a_gap() -> None:
    numbers = [int(rule.name.partition("_")[0]) for rule in rules()]

    assert numbers == list(range(1, len(numbers) + 1))


@each_rule
def test_a_rule_reads_like_the_others(rule: Rule) -> None:
    lines = rule.sql.splitlines()

    assert re.fullmatch(r"\d{4}(_[a-z]+)+", rule.name)
    assert rule.purpose.endswith(".")
    assert rule.why.endswith(".")
    assert max(map(len, lines)) <= 100
    assert lines[-1].startswith("order by ")
