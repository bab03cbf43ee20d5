"""The README: every command it shows exists and does what it is shown for."""

import re
import subprocess
from pathlib import Path

import pytest

from toolkit.cli import app
from toolkit.cli.entrance import COMMANDS, LateCommand
from toolkit.cli.reference import render_reference

PROJECT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md")
COMMAND = re.compile(r"^\$ (.+?)(?:\s+#.*)?$", re.MULTILINE)


def _commands(program: str) -> list[str]:
    shown = [
        command
        for page in PAGES
        for command in COMMAND.findall((PROJECT / page).read_text(encoding="utf-8"))
    ]
    return [command for command in shown if command.split()[0].rsplit("/")[-1] == program]


def test_the_pages_show_commands() -> None:
    assert _commands("make")
    assert _commands("hephaitos")
    assert _commands("alembic")


@pytest.mark.parametrize("command", _commands("make"))
def test_every_make_target_exists(command: str) -> None:
    shown = subprocess.run(
        ["make", "--dry-run", *command.split()[1:]],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize("command", _commands("hephaitos"))
def test_every_command_of_ours_exists(command: str) -> None:
    words = command.split()[1:]
    options = [word for word in words if word.startswith("--")]

    section = _reference_of([word for word in words if not word.startswith("-")])

    assert section is not None, f"no such command: {command}"
    assert all(f"`{option}`" in section for option in options)


@pytest.mark.parametrize("link", ["CONTRIBUTING.md", "CHANGELOG.md", "docs/decisions"])
def test_linked_files_exist(link: str) -> None:
    assert f"({link})" in (PROJECT / "README.md").read_text(encoding="utf-8")
    assert (PROJECT / link).exists()


def test_every_folder_in_the_tree_is_there() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")

    folders = re.findall(r"^\| `(\w+)/` \|", readme, re.MULTILINE)

    assert len(folders) >= 7
    assert [folder for folder in folders if not (PROJECT / folder).is_dir()] == []


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    written = (PROJECT / "docs" / "cli.md").read_text(encoding="utf-8")

    assert written == render_reference(app), "run make generate/docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_first(name: str) -> None:
    command = LateCommand(name=name).load()

    assert " ".join((command.help or "").partition("\n\n")[0].split()) == COMMANDS[name]


def test_every_module_of_a_command_is_in_the_list() -> None:
    modules = (PROJECT / "toolkit" / "cli").glob("*.py")

    named = {
        path.stem
        for path in modules
        if path.read_text(encoding="utf-8").startswith(f'"""hephaitos {path.stem}: ')
    }

    assert named == set(COMMANDS)


def _reference_of(words: list[str]) -> str | None:
    """Return the section of the command that some words begin with; the rest are its values."""
    sections = render_reference(app).split("## ")
    for count in range(len(words), 0, -1):
        title = f"`hephaitos {' '.join(words[:count])}`"
        for section in sections:
            if section.startswith(title):
                return section
    return None
