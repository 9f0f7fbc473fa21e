"""Many lines for many characters: takes and files of each, unattended; what is done and unchanged is left alone."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from audio2blend.errors import InputError
from audio2blend.wording import listed

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows, sentence
from ..state import files
from . import lines
from .batching import UNCHANGED, Asked, Run, Work


def why_not_batch(context: Any) -> str:
    """Return why the table cannot be worked off; "" when it can."""
    return modal.why_not(context) or _why_no_work(context.scene)


def _why_no_work(scene: Any) -> str:
    if not scene.audio2blend.lines:
        return "The table is empty; fill it from a .csv file or a folder"
    settings = scene.audio2blend_files
    if not settings.batch_takes and not settings.batch_formats:
        return "Nothing to create; choose takes or files"
    return files.why_not_folder(settings.folder) if settings.batch_formats else ""


class A2B_OT_batch(ServiceOperator, bpy.types.Operator):
    """Process the table: a take and files for every line; failed lines are reported and unchanged ones skipped"""

    bl_idname, bl_label = "audio2blend.batch", "Animate All Lines"
    cancelled = "Cancelled; the lines that were done are kept"

    filepath: StringProperty(
        name="Table or Folder",
        description="A .csv file or folder of recordings to fill the table from; if empty, the table is used as it is",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    characters: StringProperty(
        name="Characters",
        description="Names of objects, separated by semicolons, for lines that name none; if empty, all speakers",
        options={"SKIP_SAVE"},
    )
    again: BoolProperty(
        name="Again", description="Also process lines that are done and unchanged", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not; the table may come as an argument, so that the panel reports an empty one and not this."""
        return allows(cls, modal.why_not(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Take down what is to be done, once the table is filled; lines ask for themselves later."""
        if self.filepath:
            rows = lines.read(Path(bpy.path.abspath(self.filepath)))
            lines.fill(context.scene, rows, lines.everybody(context, self.characters))
        if reason := _why_no_work(context.scene):
            raise InputError(reason)
        self._asked = []
        for number, line in enumerate(context.scene.audio2blend.lines):
            who = line.character.name if line.character else ""
            self._asked.append(Asked(number, line.sound, who, "" if who else line.message))
            line.status = "waiting"
        self._failed: list[str] = []
        self._unchanged = 0
        return []

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int] | None]:
        """Do the lines one after another."""
        run = Run(context, again=self.again)
        try:
            for asked in self._asked:
                at = asked.number, len(self._asked)
                yield at
                try:
                    message = yield from _at(at, run.line(asked))
                    self._unchanged += message == UNCHANGED
                    _set_status(run.scene, asked, "done", message)
                except Exception as error:
                    said = sentence(error)
                    self._failed.append(said)
                    _set_status(run.scene, asked, "failed", said)
                finally:
                    run.let_go()
        finally:
            for line in context.scene.audio2blend.lines:  # those that Esc has left out
                line.status = "" if line.status == "waiting" else line.status

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Sum up."""
        total, failed = len(self._asked), len(self._failed)
        message = f"{total - failed} of {total} lines done, {self._unchanged} of them unchanged"
        if failed:
            self.report({"WARNING"}, f"{message}; failed: {listed(self._failed, most=2)}")
        else:
            self.report({"INFO"}, message)
        return {"FINISHED"}


def _at(at: tuple[int, int], work: Work) -> Generator[tuple[int, int] | None, None, str]:
    """Do the work of a line, which is so far in the table, and return the report on it."""
    while True:
        try:
            busy = next(work)
        except StopIteration as done:
            message: str = done.value
            return message
        yield at if busy else None


def _set_status(scene: Any, asked: Asked, status: str, message: str) -> None:
    """Note in the table how a line came out, if it is still there."""
    table = scene.audio2blend.lines
    if asked.number < len(table) and table[asked.number].sound == asked.sound:
        table[asked.number].status, table[asked.number].message = status, message


CLASSES = (A2B_OT_batch,)
