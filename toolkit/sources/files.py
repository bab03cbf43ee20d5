"""Files of sql/: one replaceable object each, whose path says which.

Pure but for `read_sources`, which reads the folder.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from toolkit.sources.refusal import SourcesRefused

_WORD = re.compile(r'(?:\w+|"[^"\n]+")\.(?:\w+|"[^"\n]+")')


class Room(StrEnum):
    """A folder of sql/, by what its files make; in the order of loading where nothing else asks."""

    ACCESS = "access"
    FUNCTIONS = "functions"
    VIEWS = "views"
    TRIGGERS = "triggers"
    PUBLICATIONS = "publications"
    CRON = "cron"
    # Any file of a folder that has none of these rooms: it may make whatever it likes.
    FREE = ""


# How deep a file of each room stands, the file included.
_DEPTHS = {
    Room.ACCESS: (1, 2),
    Room.FUNCTIONS: (2,),
    Room.VIEWS: (2,),
    Room.TRIGGERS: (2,),
    Room.PUBLICATIONS: (1,),
    Room.CRON: (2,),
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file.

    Args:
        path: relative to the project, with slashes, as messages show it.
        room: the folder it is in.
        names: what its path says its object is called: schema and name; of a trigger the schema,
            the table and its own name; of a publication only its name.
        text: what is in it.
    """

    path: str
    room: Room
    names: tuple[str, ...]
    text: str

    @property
    def title(self) -> str:
        """What the path says the file makes."""
        return f"{self.room}: {'.'.join(self.names)}"


@dataclass(frozen=True, slots=True)
class Sources:
    """All files of a folder.

    Args:
        files: n of them, sorted by path.
        is_free: whether the folder has no rooms, so that its files are a whole database.
    """

    files: tuple[SourceFile, ...]
    is_free: bool

    def in_order(self) -> list[SourceFile]:
        """Sort files so that what is mentioned comes before what mentions it, where that can be.

        A file that comes too early is only loaded again, so a name that is a coincidence, or one
        that is written in two ways, costs time and no more. O(characters).
        """
        ranked = sorted(self.files, key=_rank)
        by_name: dict[str, list[SourceFile]] = {}
        for file in ranked:
            if file.room in (Room.FUNCTIONS, Room.VIEWS):
                by_name.setdefault(".".join(file.names), []).append(file)
        mentions = {file.path: list(_mentioned(file, by_name)) for file in ranked}
        return list(_depth_first(ranked, mentions))


def read_sources(folder: Path, project_root: Path | None = None) -> Sources:
    """Read every .sql file of a folder.

    Args:
        folder: sql/ of a project, or any folder of SQL files.
        project_root: what paths are shown relative to; the folder itself when None.

    Raises:
        SourcesRefused: there is no such folder or no file in it, or a file is where none belongs.
    """
    shown_from = project_root or folder
    paths = sorted(folder.rglob("*.sql"))
    if not paths:
        raise SourcesRefused(
            f"no SQL files in {folder.name}/",
            detail="the folder is missing or empty",
            hint="Put one object a file into it, as CONTRIBUTING.md says.",
        )
    rooms = {str(room) for room in _DEPTHS}
    is_free = not any(path.relative_to(folder).parts[0] in rooms for path in paths)
    return Sources(
        tuple(_read(path, folder, shown_from, is_free=is_free) for path in paths), is_free
    )


def _read(path: Path, folder: Path, shown_from: Path, *, is_free: bool) -> SourceFile:
    inside = path.relative_to(folder)
    shown = path.relative_to(shown_from).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourcesRefused(
            f"{shown} is not UTF-8", detail=str(error), hint="Save the file as UTF-8."
        ) from error
    if is_free:
        return SourceFile(shown, Room.FREE, (), text)
    rooms = {str(room): room for room in _DEPTHS}
    room = rooms.get(inside.parts[0])
    parts = (*inside.parts[1:-1], inside.stem)
    if room is None or len(parts) not in _DEPTHS[room]:
        raise SourcesRefused(
            f"{shown} stands where no file belongs",
            detail=f"rooms are {', '.join(rooms)}; each has a folder a schema and a file an object",
            hint="Move it to sql/<room>/<schema>/<object>.sql.",
        )
    if room is Room.TRIGGERS:
        table, _, trigger = parts[-1].partition(".")
        parts = (*parts[:-1], table, trigger)
    return SourceFile(shown, room, parts, text)


def _rank(file: SourceFile) -> tuple[int, str]:
    rooms = list(Room)
    is_about_table = file.room is Room.ACCESS and len(file.names) > 1
    # Policies call functions; what schemas grant comes first, default privileges among it.
    return rooms.index(Room.PUBLICATIONS if is_about_table else file.room), file.path


def _mentioned(file: SourceFile, by_name: Mapping[str, list[SourceFile]]) -> Iterator[SourceFile]:
    words = {word.replace('"', "") for word in _WORD.findall(file.text)}
    for word in sorted(words & by_name.keys()):
        yield from (other for other in by_name[word] if other.path != file.path)


def _depth_first(
    files: Iterable[SourceFile], mentions: Mapping[str, list[SourceFile]]
) -> Iterator[SourceFile]:
    seen: set[str] = set()
    for first in files:
        waiting = [(first, False)]
        while waiting:
            file, is_ready = waiting.pop()
            if is_ready:
                yield file
            elif file.path not in seen:
                seen.add(file.path)
                waiting.append((file, True))
                waiting += [(other, False) for other in reversed(mentions[file.path])]
