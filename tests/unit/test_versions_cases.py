"""Calls to compare versions with: made by a seed, or read from a record."""

from pathlib import Path

import pytest

from toolkit.verify.declarations import Declarations
from toolkit.versions.cases import Case, UnreadableRecord, random_cases, recorded_cases
from toolkit.versions.routine import Routine

TENANTS = Declarations(
    schemas=("app",),
    private_schemas=(),
    api_roles=("visitor", "member"),
    anonymous_role="visitor",
    service_role="robot",
    tenant_column="owner",
)
POOL = [{"p_owner": f"tenant {number}", "p_size": str(number)} for number in range(5)]


def routine(*parameters: str) -> Routine:
    types = ["uuid" if name == "p_owner" else "integer" for name in parameters]
    return Routine(1, "app.f", "", "plpgsql", False, False, 1, list(parameters), types)


def made(seed: int, count: int = 400) -> list[Case]:
    return random_cases(
        routine("p_owner", "p_size", "p_old"),
        routine("p_owner", "p_size", "p_new"),
        POOL,
        tenants=TENANTS,
        tenant_argument="p_owner",
        count=count,
        seed=seed,
    )


def test_the_same_seed_makes_the_same_calls() -> None:
    assert made(1) == made(1)
    assert made(1) != made(2)


def test_everybody_calls_with_everything() -> None:
    cases = made(1)

    assert {case.role for case in cases} == {"visitor", "member", "robot"}
    own = [case for case in cases if case.is_plain]
    assert len(own) > len(cases) / 3
    assert all(case.arguments["p_owner"] == case.tenant for case in own)
    others = [
        c for c in cases if c.tenant and c.arguments["p_owner"] in {p["p_owner"] for p in POOL}
    ]
    assert any(case.tenant != case.arguments["p_owner"] for case in others)
    owners = {case.arguments["p_owner"] for case in cases}
    assert None in owners
    assert any(owner and not owner.startswith("tenant") for owner in owners)
    assert {"-1", "2147483647", None} <= {case.arguments["p_size"] for case in cases}


def test_only_what_both_take_is_passed() -> None:
    assert {name for case in made(1) for name in case.arguments} == {"p_owner", "p_size"}


def test_recorded_calls_say_who_called_or_the_tenant_did(tmp_path: Path) -> None:
    record = tmp_path / "calls.jsonl"
    record.write_text(
        '{"p_owner": "ada", "p_size": 3, "p_filter": {"a": 1}, "p_flag": true}\n'
        "\n"
        '{"p_owner": "ada", "role": "robot"}\n'
        '{"p_owner": "ada", "sub": "bob"}\n'
        '{"p_owner": null, "role": "visitor"}\n'
    )

    found = recorded_cases(record, tenants=TENANTS, tenant_argument="p_owner")

    assert [(one.origin, one.role, one.tenant, one.is_plain) for one in found] == [
        ("line 1", "member", "ada", True),
        ("line 3", "robot", None, False),
        ("line 4", "member", "bob", False),
        ("line 5", "visitor", None, False),
    ]
    assert found[0].arguments == {
        "p_owner": "ada", "p_size": "3", "p_filter": '{"a": 1}', "p_flag": "true",
    }  # fmt: skip
    assert found[3].arguments == {"p_owner": None}


@pytest.mark.parametrize("text", ["[1]", "nonsense", '"text"'])
def test_a_line_that_is_no_call_is_named(tmp_path: Path, text: str) -> None:
    record = tmp_path / "calls.jsonl"
    record.write_text(f'{{"p_owner": "ada"}}\n{text}\n')

    with pytest.raises(UnreadableRecord, match="line 2 of the recorded calls"):
        recorded_cases(record, tenants=TENANTS, tenant_argument="p_owner")


def test_a_record_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecord, match=r"calls\.jsonl"):
        recorded_cases(tmp_path / "calls.jsonl", tenants=TENANTS, tenant_argument=None)
