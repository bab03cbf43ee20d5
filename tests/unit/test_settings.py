"""Settings: one answer to each question, and a plain word when there is none."""

from pathlib import Path

import pytest

from toolkit.errors import SettingsError
from toolkit.settings import RoleDeclaration, read_settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "alembic.ini").touch()
    return tmp_path


def test_a_flag_wins_over_the_environment(project: Path) -> None:
    environment = {"HEPHAITOS_SERVER": "local", "HEPHAITOS_DATABASE_URL": "postgresql://env"}

    settings = read_settings(
        server_kind="embedded",
        database_url="postgresql://flag",
        start=project,
        environment=environment,
    )

    assert settings.server_kind == "embedded"
    assert settings.database_url == "postgresql://flag"


def test_the_environment_wins_over_the_default(project: Path) -> None:
    settings = read_settings(start=project, environment={"HEPHAITOS_SERVER": "local"})

    assert settings.server_kind == "local"
    assert settings.default_privileges == "2026"
    assert settings.database_url is None


def test_an_empty_variable_counts_as_unset(project: Path) -> None:
    settings = read_settings(start=project, environment={"HEPHAITOS_DATABASE_URL": ""})

    assert settings.database_url is None


def test_an_unknown_kind_names_the_known_ones(project: Path) -> None:
    with pytest.raises(SettingsError, match="unknown server kind: cloud") as refused:
        read_settings(server_kind="cloud", start=project, environment={})

    assert "container, local, embedded" in refused.value.detail


def test_the_project_is_found_from_a_folder_below_it(project: Path) -> None:
    below = project / "sql" / "functions"
    below.mkdir(parents=True)

    assert read_settings(start=below, environment={}).project_root == project


def test_a_folder_outside_any_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no project"):
        read_settings(start=tmp_path, environment={})


def test_declared_roles_are_read(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[[tool.hephaitos.roles]]\nname = "keeper"\npurpose = "keeps"\n'
    )

    settings = read_settings(start=project, environment={})

    assert settings.roles == (RoleDeclaration("keeper", "keeps"),)


def test_a_role_without_purpose_is_refused(project: Path) -> None:
    (project / "pyproject.toml").write_text('[[tool.hephaitos.roles]]\nname = "keeper"\n')

    with pytest.raises(SettingsError, match="wrong keys") as refused:
        read_settings(start=project, environment={})

    assert "missing: purpose" in refused.value.detail


def test_a_broken_pyproject_says_where(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool\n")

    with pytest.raises(SettingsError, match="cannot be read") as refused:
        read_settings(start=project, environment={})

    assert "line 1" in refused.value.detail
