"""Refusals of sources: which file, which line, and what to do.

Pure.
"""

from toolkit.errors import ToolkitError


class SourcesRefused(ToolkitError):
    """The files of sql/ cannot become a database."""


def line_at(text: str, position: int) -> int:
    """Return the line of a character, both counted from one.

    >>> line_at("select 1;" + chr(10) + "selekt 2;", 11)
    2
    """
    return text.count("\n", 0, position - 1) + 1
