"""Many lines for many characters: takes and files of each, unattended; what is done and unchanged is left alone."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.props import BoolProperty, StringProperty

from audio2blend.errors import InputError
from audio2blend.wording import listed
from audio2blend_app.batch import BatchReport, RecordingReport

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows, sentence
from ..state import files
from . import lines
from .batch_files import Steps, written
from .batch_lines import Line, asked, failed, scene_of
from .batch_takes import Takes, Work

UNCHANGED: Final = "unchanged"
"""The report on a line that was done before."""


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
        self._lines, wrong = asked(context.scene)
        self._scene_name = context.scene.name
        self._reports: dict[int, RecordingReport] = {}
        self._told: dict[int, list[str]] = {}
        """What is to be told of a line that was not done before, by its place in the table."""
        self._no_take: dict[int, str] = {}
        """Why a line has no take, by its place in the table."""
        self._summary = BatchReport()
        for line in context.scene.audio2blend.lines:
            line.status = "waiting"
        for number, reason in wrong.items():
            recording = bpy.path.abspath(context.scene.audio2blend.lines[number].sound)
            self._note(number, RecordingReport(recording=recording, error=reason))
        return []

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int] | None]:
        """Make all takes, and then have all files written."""
        settings = context.scene.audio2blend_files
        phases = [
            *([self._make_takes(context, last=not settings.batch_formats)] if settings.batch_takes else []),
            *([self._write_files(context)] if settings.batch_formats else []),
        ]
        try:
            for number, phase in enumerate(phases):
                for step in phase:
                    yield step and (number * step[1] + step[0], len(phases) * step[1])
        finally:
            for phase in phases:
                phase.close()
            for line in context.scene.audio2blend.lines:  # those that Esc has left out
                line.status = "" if line.status == "waiting" else line.status

    def _make_takes(self, context: Any, *, last: bool) -> Steps[None]:
        takes = Takes(context, context.scene, again=self.again)
        for number, line in enumerate(self._lines):
            try:
                message = yield from _at((number, len(self._lines)), takes.make(line))
                if message is not None:
                    self._told[line.number] = [message]
                report = RecordingReport(recording=str(line.sound))
            except Exception as error:
                self._no_take[line.number] = sentence(error)
                report = failed(line, sentence(error))
            finally:
                takes.let_go()
            if last:
                self._note(line.number, report)

    def _write_files(self, context: Any) -> Steps[None]:
        def done(line: Line, report: RecordingReport, notes: list[str]) -> None:
            if n_written := sum(output.status == "written" for output in report.outputs):
                about = f"{n_written} file{'s' * (n_written != 1)}"
                self._told.setdefault(line.number, []).extend([about, *notes])
            if not report.failures:
                report.error = self._no_take.get(line.number, "")
            self._note(line.number, report)

        self._summary = yield from written(context, context.scene, self._lines, done, again=self.again)

    def _note(self, number: int, report: RecordingReport) -> None:
        """Keep what became of a line, and show it in the table if the line is still there."""
        self._reports[number] = report
        table = scene_of(self._scene_name).audio2blend.lines
        if number < len(table) and bpy.path.abspath(table[number].sound) == report.recording:
            message = "; ".join(filter(None, self._told[number])) if number in self._told else UNCHANGED
            table[number].status = "failed" if report.failures else "done"
            table[number].message = "; ".join(report.failures) or message

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Sum up."""
        report = self._summary
        report.recordings = [about for _, about in sorted(self._reports.items())]
        context.window_manager.audio2blend.report = json.dumps(asdict(report.close()))
        bad = [about.failures[0] for about in report.recordings if about.failures]
        well = [number for number, about in self._reports.items() if not about.failures]
        unchanged = sum(number not in self._told for number in well)
        message = f"{len(well)} of {len(report.recordings)} lines done, {unchanged} of them unchanged"
        if bad:
            self.report({"WARNING"}, f"{message}; failed: {listed(bad, most=2)}")
        else:
            self.report({"INFO"}, message)
        return {"FINISHED"}


def _at(at: tuple[int, int], work: Work) -> Steps[str | None]:
    """Do the work of a line, which is so far in the table, and return the report on it."""
    yield at
    while True:
        try:
            busy = next(work)
        except StopIteration as done:
            message: str | None = done.value
            return message
        yield at if busy else None


CLASSES = (A2B_OT_batch,)
