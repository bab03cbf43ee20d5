"""Coverage of drift: no attribute without a change that proves it is noticed."""

from pathlib import Path

from tests.database.drift.coverage import modelled, mutations, render, uncovered
from toolkit.catalog import Kind

PAGE = Path(__file__).resolve().parents[2] / "docs" / "drift_coverage.md"


def test_every_attribute_of_every_kind_is_changed_by_a_mutation() -> None:
    assert uncovered() == []


def test_every_kind_of_fact_is_there() -> None:
    kinds = {one.partition(".")[0] for either in modelled().values() for one in either}

    assert kinds == {str(kind) for kind in Kind}


def test_mutations_name_only_attributes_that_facts_hold() -> None:
    known = {one for either in modelled().values() for one in either}

    named = {one for mutation in mutations() for one in mutation["covers"]}

    assert named <= known


def test_the_page_is_what_would_be_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run make generate/docs"
