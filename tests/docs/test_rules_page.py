"""docs/rules.md says what the rules' own headers say."""

from pathlib import Path

from toolkit.verify.page import render_page
from toolkit.verify.rulebook import rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(rules()), (
        "write it again: hephaitos verify --rules > docs/rules.md"
    )
