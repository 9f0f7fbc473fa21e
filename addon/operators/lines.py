"""The table of a batch: which recordings whom, from a CSV file or a folder."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import bpy
from bpy.props import StringProperty

from audio2blend.errors import InputError

from ..client.reports import allows, guarded
from ..scene import character
from ..state.properties import active_speaker

SOUNDS: Final = (
    ".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma", ".mp4", ".mov", ".mkv", ".webm",
)  # fmt: skip
"""What in a folder is taken for a recording."""
_SOUND: Final = ("sound", "file", "audio", "path", "wav")
_CHARACTER: Final = ("character", "speaker", "object", "who")


class Row(NamedTuple):
    """A line as a table or folder has it."""

    sound: Path
    character: str
    """The object's name; "" for everybody."""


def read(path: Path) -> list[Row]:
    """Return the lines of a .csv file, or a line for each recording of a folder, in the order of their names.

    The first row of the file names the columns: "sound" and, if lines are not for everybody, "character". Paths are
    relative to the file. Raises InputError, naming file, row and cure.
    """
    if path.is_dir():
        found = (entry for entry in path.iterdir() if entry.suffix.lower() in SOUNDS and entry.is_file())
        sounds = sorted(sound for sound in found if not sound.name.startswith("."))  # macOS puts a "._" beside each
        if not sounds:
            raise InputError(f"there is no recording in {path}; choose a folder with .wav files")
        return [Row(sound, "") for sound in sounds]
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"there is no table {path}; choose a .csv file or a folder") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is no text in UTF-8; save the table as CSV UTF-8") from None
    try:
        rows = _rows(path, text)
    except csv.Error as error:
        raise InputError(f"{path} is no table ({error}); save it as CSV UTF-8") from None
    if not rows:
        raise InputError(f"{path} has no rows below the names of its columns; add a recording a row")
    return rows


def _rows(path: Path, text: str) -> list[Row]:
    """Return the lines of a table, with commas, semicolons or tabs between its columns."""
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count))
    names = [name.strip().lower() for name in next(rows, [])]
    sound, who = (next((names.index(name) for name in known if name in names), None) for known in (_SOUND, _CHARACTER))
    if sound is None:
        raise InputError(f"{path}, row 1: no column is called 'sound'; write: sound,character")
    found = []
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) <= sound or not cells[sound].strip():
            raise InputError(f"{path}, row {number}: there is no sound; name a recording, or delete the row")
        name = cells[who].strip() if who is not None and len(cells) > who else ""
        found.append(Row(path.parent / cells[sound].strip(), name))
    return found


def fill(scene: Any, rows: Sequence[Row], characters: Sequence[Any]) -> int:
    """Put rows into the scene's table in place of what it had, and return how many lines there are.

    A row for everybody becomes a line for each of `characters`, objects.
    """
    table = scene.audio2blend.lines
    table.clear()
    for row in rows:
        named = scene.objects.get(row.character)
        for thing in [named] if row.character else characters or [None]:
            line = table.add()
            line.sound, line.character = str(row.sound), thing
            if thing is None and row.character:
                line.status, line.message = "failed", f"there is no object '{row.character}' in the scene"
    scene.audio2blend.active_line = 0
    return len(table)


def everybody(context: Any, names: str) -> list[Any]:
    """Return the objects of these names, with semicolons between; without names those who are speakers already.

    Raises InputError for a name that the scene has not.
    """
    scene = context.scene
    if names:
        wanted = [name.strip() for name in names.split(";") if name.strip()]
        for name in wanted:
            if name not in scene.objects:
                raise InputError(f"there is no object '{name}' in the scene; name one of its meshes or armatures")
        return [scene.objects[name] for name in wanted]
    speakers = scene.audio2blend.speakers
    found = [speaker.character or next(iter(character.of(speaker).faces), None) for speaker in speakers]
    active = context.view_layer.objects.active
    if not any(found) and active is not None and active.type in {"MESH", "ARMATURE"}:
        found = [active]
    return list(dict.fromkeys(thing for thing in found if thing is not None))


class A2B_OT_batch_fill(bpy.types.Operator):
    """Fill the table from a .csv file with the columns sound and character, or with the recordings of a folder"""

    bl_idname, bl_label, bl_options = "audio2blend.batch_fill", "Table or Folder", {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="Table or Folder", description="A .csv file, or a folder of recordings", subtype="FILE_PATH"
    )
    filter_glob: StringProperty(default="*.csv;*.txt;*.tsv", options={"HIDDEN"})
    characters: StringProperty(
        name="Characters",
        description="Names of objects, separated by semicolons, for lines that name none; if empty, all speakers",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Let the user choose."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Fill the table."""
        rows = read(Path(bpy.path.abspath(self.filepath)))
        count = fill(context.scene, rows, everybody(context, self.characters))
        self.report({"INFO"}, f"{count} lines")
        return {"FINISHED"}


class A2B_OT_line_add(bpy.types.Operator):
    """Add a line to the table, with the recording and character of the active speaker"""

    bl_idname, bl_label, bl_options = "audio2blend.line_add", "Add Line", {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Add it at the end."""
        settings, speaker = context.scene.audio2blend, active_speaker(context)
        line = settings.lines.add()
        if speaker is not None:
            line.sound, line.character = speaker.sound, speaker.character
        settings.active_line = len(settings.lines) - 1
        return {"FINISHED"}


def why_not_remove_line(context: Any) -> str:
    """Return why no line can be taken from the table; "" when one can."""
    settings = context.scene.audio2blend
    return "" if 0 <= settings.active_line < len(settings.lines) else "Select a line of the table first"


class A2B_OT_line_remove(bpy.types.Operator):
    """Remove the selected line from the table; its takes and files are kept"""

    bl_idname, bl_label, bl_options = "audio2blend.line_remove", "Remove Line", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_remove_line(context))

    def execute(self, context: Any) -> set[str]:
        """Take it away."""
        settings = context.scene.audio2blend
        settings.lines.remove(settings.active_line)
        settings.active_line = max(0, min(settings.active_line, len(settings.lines) - 1))
        return {"FINISHED"}


CLASSES = (A2B_OT_batch_fill, A2B_OT_line_add, A2B_OT_line_remove)
