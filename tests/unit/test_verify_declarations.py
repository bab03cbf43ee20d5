"""Declarations: complete or refused, so that no check passes by looking at nothing."""

from typing import Any

import pytest

from toolkit.errors import SettingsError
from toolkit.verify.declarations import Isolation, read_declarations

COMPLETE: dict[str, Any] = {
    "schemas": ["public", "hidden"],
    "private_schemas": ["hidden"],
    "api_roles": ["web", "member"],
    "anonymous_role": "web",
    "service_role": "robot",
    "tenant_column": "team_id",
}


def test_everything_is_read() -> None:
    proof = {"function": "public.read(uuid)", "tenant_argument": "team"}

    declarations = read_declarations(
        {
            **COMPLETE,
            "public_tables": ["public.plans"],
            "tenants": "select id from public.teams limit 3",
            "isolation": [proof, {**proof, "arguments": "select 1 as page"}],
        }
    )

    assert declarations.signed_in_roles == ("member",)
    assert declarations.public_tables == ("public.plans",)
    assert declarations.isolation == (
        Isolation("public.read(uuid)", "team"),
        Isolation("public.read(uuid)", "team", "select 1 as page"),
    )


def test_what_has_a_sensible_absence_may_be_absent() -> None:
    declarations = read_declarations({**COMPLETE, "private_schemas": []})

    assert declarations.private_schemas == ()
    assert declarations.public_tables == ()
    assert declarations.isolation == ()
    assert declarations.tenants is None


@pytest.mark.parametrize("key", COMPLETE)
def test_a_missing_key_is_refused(key: str) -> None:
    lacking = {name: value for name, value in COMPLETE.items() if name != key}

    with pytest.raises(SettingsError) as refused:
        read_declarations(lacking)

    assert refused.value.detail == f"[tool.hephaitos] has no {key}"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schemas", []),
        ("schemas", "public"),
        ("schemas", ["public", 1]),
        ("api_roles", []),
        ("private_schemas", "hidden"),
        ("tenant_column", ""),
        ("tenant_column", 7),
    ],
)
def test_an_unusable_value_is_refused(key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"does not say what {key} is"):
        read_declarations({**COMPLETE, key: value})


def test_an_anonymous_role_outside_the_api_is_refused() -> None:
    with pytest.raises(SettingsError, match="no role of the API"):
        read_declarations({**COMPLETE, "anonymous_role": "nobody"})


def test_a_proof_needs_tenants() -> None:
    proof = {"function": "public.read(uuid)", "tenant_argument": "team"}

    with pytest.raises(SettingsError, match="tenants"):
        read_declarations({**COMPLETE, "isolation": [proof]})


@pytest.mark.parametrize("key", ["function", "tenant_argument"])
def test_an_incomplete_proof_is_refused(key: str) -> None:
    proof = {"function": "public.read(uuid)", "tenant_argument": "team"}
    del proof[key]

    with pytest.raises(SettingsError, match=key):
        read_declarations({**COMPLETE, "isolation": [proof]})
