"""Animating the lines of a table into files: the terminal's batch, for characters of a scene."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from audio2blend.post import Controls, Style

from ..batch import Line, RecordingReport, Settings, animate_all
from ..character import Character
from ..snapshot import Snapshot
from . import _consent, _files

_STEPS: Final = 1000
"""Into how many steps of the progress a line is divided."""


def run(
    *,
    lines: Sequence[Mapping[str, Any]],
    speakers: Sequence[Mapping[str, Any]],
    force: bool = False,
    blender: str = "",
    progress: Callable[..., None],
) -> dict[str, Any]:
    """Do the lines as `audio2blend_app.batch.animate_all` does; those that are done and unchanged are left.

    Args:
        lines: for each its "recording", its "outputs" and its "speaker", a number of `speakers`; "prediction" and
            "take", as `audio2blend_app.batch.Line` has them, may be empty.
        speakers: for each its "character", a file as `_files.character` reads it; its "name"; its "map", as TOML,
            whether that was "given", and its "solver", a file or empty; the "look" of the head that comes along, or
            empty; its "settings", those of `audio2blend_app.batch.Settings` as JSON can hold them; and its "consent",
            which `_consent.permission` takes.
        force: do also what is done.
        blender: the Blender program that asks.
        progress: called with how much is done and how much there is, and, for a line that is done, with its number as
            `line` and what became of it as `report`.

    Returns:
        What `animate_all` reports, but for the recordings: they were reported one by one.

    Raises:
        ConsentError: where the project requires consent, and one of the speakers has not agreed.
        InputError: where no line escapes it, as `animate_all` has it.
    """
    _files.use_blender(blender)
    cast = [(_settings(speaker["settings"]), *_characters(speaker)) for speaker in speakers]
    work = []
    for line in lines:
        settings, plain, edited = cast[line["speaker"]]
        take = line.get("take")
        work.append(
            Line(
                recording=Path(line["recording"]),
                outputs=tuple(map(Path, line["outputs"])),
                settings=settings,
                character=edited if take else plain,
                prediction=Path(line["prediction"]) if line.get("prediction") else None,
                take=Path(take) if take else None,
            )
        )
    with ExitStack() as granted:
        for number, speaker in enumerate(speakers):
            files = [(Path(one["recording"]), map(Path, one["outputs"])) for one in lines if one["speaker"] == number]
            granted.enter_context(_consent.permission(speaker.get("consent", {}), files))
        report = asdict(animate_all(work, force=force, progress=_Told(progress)))
    del report["recordings"]
    return report


class _Told:
    """Progress that goes to the extension."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell, self._done, self._total = tell, 0, 0

    def begin(self, n_recordings: int) -> None:
        self._total = n_recordings

    def recording_done(self, report: RecordingReport) -> None:
        self._done += 1
        self._tell(_STEPS * self._done, _STEPS * self._total, line=self._done - 1, report=asdict(report))

    def step(self, name: str) -> None:
        """Nothing: the extension shows how far all is."""

    def advance(self, done: int, total: int) -> None:
        part = _STEPS * done // total if total else 0
        self._tell(_STEPS * self._done + part, _STEPS * self._total)


def _characters(speaker: Mapping[str, Any]) -> tuple[Character, Character]:
    """Return who says lines as they come, and who says those that an artist changed, in the scene's channels."""
    solver = Path(speaker["solver"]) if speaker["solver"] else None
    scene = Snapshot(
        Path(speaker["character"]), speaker["name"], onto=speaker["map"], given=speaker["given"], solver=solver
    )
    return scene.builtin(speaker["look"]) or scene, scene


def _settings(values: Mapping[str, Any]) -> Settings:
    """Return settings from what JSON holds of them."""
    export, motion = dict(values["export"]), dict(values["motion"])
    return Settings(
        **{
            **values,
            "motion": Controls(**motion | {"style": Style(**motion.get("style", {}))}),
            "frame_rate": Fraction(values["frame_rate"]),
            "frame_rates": {suffix: Fraction(rate) for suffix, rate in values["frame_rates"].items()},
            "weights": Path(values["weights"]) if values["weights"] else None,
            "export": export | {"size": tuple(export["size"])},
        }
    )
