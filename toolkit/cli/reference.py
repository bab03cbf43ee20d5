"""docs/cli.md: every command's help as one page, made from the commands themselves."""

from collections.abc import Iterator

import typer
from typer.main import get_command

from toolkit.cli.entrance import LateCommand

_HEAD = """# Commands

Made by `make generate/docs`; a test holds it to what `hephaitos --help` says. Exit codes: 0 done,
1 refused or failed, 2 findings, 3 tampered history.
"""


def render_reference(app: typer.Typer) -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *_sections(get_command(app), "hephaitos")])


def _sections(command: object, name: str) -> Iterator[str]:
    if isinstance(command, LateCommand):
        command = command.load()
    commands = getattr(command, "commands", None)
    if commands:
        for child, subcommand in sorted(commands.items()):
            yield from _sections(subcommand, f"{name} {child}")
        return
    yield f"## `{name}`\n"
    yield f"{_unwrap(getattr(command, 'help', '') or '')}\n"
    for parameter in getattr(command, "params", ()):
        flags = ", ".join(f"`{flag}`" for flag in parameter.opts)
        text = getattr(parameter, "help", None)
        if text:
            yield f"- {flags}: {_unwrap(text)}"
    yield ""


def _unwrap(text: str) -> str:
    paragraphs = text.split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
