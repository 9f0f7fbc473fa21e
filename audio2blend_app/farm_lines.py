"""The step *animate* of a job: recordings into curves, as `audio2blend animate` makes them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.channels import CHANNELS
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import Audio2BlendError, InputError, MissingDependencyError
from audio2blend.post import Controls
from render_farm.job import Job
from render_farm.length import seconds_of
from render_farm.parts import Line as JobLine
from render_farm.room import why_not
from render_farm.steps.step import Progress, StepReport, Unit
from usd_export.registry import write

from .batch import Line, RecordingReport, Settings, animate_all
from .batch.keys import keys, network_digest
from .character import BUILTIN, Character
from .manifest import Manifest
from .permission import Asked, permit
from .transcript import transcripts

FALLBACK: Final = "fallback"
"""In the metadata of a clip: why the face keeps still."""


class Animate:
    """The step."""

    unit: Unit = "line"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the lines whose curves are not there, or were made of something else."""
        character, manifests, left = Character(BUILTIN), dict[Path, Manifest](), []
        for number in units:
            line = job.lines[number]
            if line.clip is not None or all(who.animated for who in job.who_says(line)):
                continue
            clip = job.clip_of(line)
            manifest = manifests.setdefault(clip.parent, Manifest(clip.parent))
            key = _keys(job, line, character).get(clip)
            if key is None or not (manifest.holds(clip, key) or manifest.holds(clip, _still(key))):
                left.append(number)
        return left

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        """Animate lines; what cannot be animated is a still face with a note, or fails, as the job says.

        Raises ConsentError for the first speaker who has not agreed, whoever called this.
        """
        character, lines = Character(BUILTIN), [job.lines[number] for number in units]
        sounds = [(line.sound, [job.clip_of(line)]) for line in lines if line.sound is not None]
        permit(asked(job), sounds, language=job.speech.language)
        for done, (number, line) in enumerate(zip(units, lines, strict=True)):
            progress(done, len(units))
            why, notes = _animated(job, line, character)
            report.notes += [f"{line.name}: {note}" for note in notes]
            if why and (full := why_not(job.output, job.look)):
                raise InputError(full)
            if not why:
                report.done += 1
            elif job.speech.fallback == "still":
                self._keep_still(job, line, character, why)
                report.done += 1
                report.notes.append(f"{line.name}: the face keeps still, because it could not be animated: {why}")
            else:
                report.failed[str(number)] = f"line '{line.name}' cannot be animated: {why}"
        progress(len(units), len(units))

    def _keep_still(self, job: Job, line: JobLine, character: Character, why: str) -> None:
        """Write curves in which nothing moves, and which say why."""
        assert line.sound is not None
        n_frames = max(1, round(seconds_of(line.sound) * FRAME_RATE))
        still = Clip(
            values=np.zeros((n_frames, len(CHANNELS)), np.float32),
            channels=CHANNELS,
            frame_rate=FRAME_RATE,
            metadata={FALLBACK: why},
        )
        path = job.clip_of(line)
        write(still, path)
        if (key := _keys(job, line, character).get(path)) is not None:
            Manifest(path.parent).add(path, _still(key))


def asked(job: Job) -> Asked:
    """Return what a job says of consent."""
    said = job.consent
    return Asked(speaker=said.speaker, purpose=said.purpose, territories=said.territories, not_needed=said.not_needed)


def _animated(job: Job, line: JobLine, character: Character) -> tuple[str, list[str]]:
    """Animate a line, and return why it failed, "" if it did not, and what a person should know."""
    try:
        (spoken,) = animate_all([_line(job, line, character)], force=False, progress=_Silent()).recordings
    except MissingDependencyError:
        raise  # this is about the machine; another may have it
    except Audio2BlendError as error:
        return str(error), []
    return "; ".join(spoken.failures), [*spoken.problems]


def _line(job: Job, line: JobLine, character: Character) -> Line:
    """Return a line as `audio2blend animate` knows it. Raises InputError for a text that is none."""
    assert line.sound is not None
    said = transcripts(line.text, [line.sound], language=job.speech.language) if line.text else [None]
    speech = job.speech
    motion = Controls(strength=speech.strength, emotion=line.emotion or speech.emotion)
    return Line(
        recording=line.sound,
        outputs=(job.clip_of(line),),
        settings=Settings(motion=motion, seed=speech.seed, quality=speech.quality, threads=1),
        character=character,
        transcript=said[0],
    )


def _keys(job: Job, line: JobLine, character: Character) -> dict[Path, str]:
    """Return the digest of all that decides a line's curves, nothing for a line that cannot be read."""
    try:
        one = _line(job, line, character)
        return keys(one, network_digest(one.settings))
    except InputError:
        return {}


def _still(key: str) -> str:
    """Return what the record says in place of a key where the face keeps still."""
    return f"{FALLBACK} {key}"


class _Silent:
    """Progress that nobody watches: a task reports whole lines."""

    def begin(self, n_recordings: int) -> None: ...
    def recording_done(self, report: RecordingReport) -> None: ...
    def step(self, name: str) -> None: ...
    def advance(self, done: int, total: int) -> None: ...


ANIMATE: Final = Animate()
