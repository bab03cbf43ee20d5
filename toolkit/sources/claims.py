"""Claims: a file makes what its path says, and nobody else makes it too.

Pure. What was made is the catalog's word; the path is only the author's.
"""

from collections.abc import Iterable, Mapping

from toolkit.sources.files import Room, SourceFile
from toolkit.sources.loading import Made
from toolkit.sources.refusal import SourcesRefused

_VIEWS = {"view", "materialized view"}
# What the files of each room may make.
_MAKES = {
    Room.ACCESS: {"policy"},
    Room.FUNCTIONS: {"function", "procedure", "aggregate"},
    Room.VIEWS: _VIEWS | {"index", "rule", "trigger"},
    Room.TRIGGERS: {"trigger", "rule"},
    Room.PUBLICATIONS: {"publication"},
    Room.CRON: {"job"},
}
# In these a file has to make its object; in the others it may only change something.
_HAVE_TO = {Room.FUNCTIONS, Room.VIEWS, Room.TRIGGERS, Room.CRON}


def check_claims(files: Iterable[SourceFile], made: Mapping[str, tuple[Made, ...]]) -> None:
    """Hold every file to its path.

    Args:
        files: n files.
        made: what each made, by its path.

    Raises:
        SourcesRefused: the first file that makes something else, nothing, or what another makes.
    """
    makers: dict[Made, str] = {}
    for file in files:
        found = made.get(file.path, ())
        _check_path(file, found)
        for one in found:
            other = makers.setdefault(one, file.path)
            if other != file.path:
                raise SourcesRefused(
                    f"{one} is made by two files",
                    detail=f"they are {other} and {file.path}",
                    hint="Keep one of them.",
                )


def _check_path(file: SourceFile, found: tuple[Made, ...]) -> None:
    for one in found:
        if not _is_claimed(one, file):
            raise SourcesRefused(
                f"{file.path} makes {one}",
                detail=f"its path says {_said(file)}",
                hint="Rename the file, or move what it makes to a file of its own; tables, types "
                "and indexes of tables are made by revisions: hephaitos freeze --with.",
            )
    if file.room in _HAVE_TO and not any(_is_main(one, file) for one in found):
        raise SourcesRefused(
            f"{file.path} does not make {_said(file)}",
            detail="it makes nothing" if not found else f"it makes {found[0]}",
            hint="Rename the file for what it makes, or let it make what its name says.",
        )


def _is_claimed(one: Made, file: SourceFile) -> bool:
    if one.type not in _MAKES[file.room]:
        return False
    if one.type == "index":
        return one.names[0] == file.names[0]
    if file.room in (Room.ACCESS, Room.VIEWS):
        return one.names[: len(file.names)] == file.names
    return _is_main(one, file)


def _is_main(one: Made, file: SourceFile) -> bool:
    """Tell whether an object is the one that a file is named for."""
    if file.room is Room.CRON:
        return one.names == (".".join(file.names),)
    return one.names == file.names


def _said(file: SourceFile) -> str:
    singular = {Room.ACCESS: "access to", Room.CRON: "cron job", Room.VIEWS: "view"}
    return f"{singular.get(file.room, str(file.room).removesuffix('s'))} {'.'.join(file.names)}"
