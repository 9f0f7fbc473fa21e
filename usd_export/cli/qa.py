"""Judge an animation against its sound and, if there are such, its text and a reference.

examples:
  audio2blend qa line.csv --speech line.wav
      measures the curves of line.csv: do the lips close on p, b and m and in silence, are they in time, do they tremble
  audio2blend qa line.csv --speech line.wav --text "Bob may pick one."
      also whether that is what is said, and whether lips close on the p, b and m of every word
  audio2blend qa line.csv --speech line.wav --reference captured.csv --html report.html
      also against a capture of the same line, with all curves drawn in one page

  audio2blend qa line.csv --speech line.wav --rig hero.glb
      what becomes of them on a character: lips are measured on its own mesh, as it is driven

The curves may come from any program that writes ARKit weights as Live Link Face .csv, .json or .npz. What each measure
means and why its limits lie where they do: docs/quality.md.

Exit codes: 0 all checks pass, 1 a check fails, 2 wrong input.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import rigs
from audio2blend.audio import load
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import draft
from audio2blend.network import Network
from audio2blend.qa import Lips, upper_face
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.judge import Judgement, judge
from audio2blend.qa.page import page
from audio2blend.qa.reading import WORD_HEARD
from audio2blend.qa.take import RATE, Face
from audio2blend.qa.words import limits, listed, shown
from rigs import Rig
from rigs.retarget import Fit, landmarks
from rigs.retarget.find import NAMES
from rigs.skeleton import posed

from ..registry import read
from . import character, recording, script
from .character import Character


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", metavar="CLIP", help="the curves to judge: .csv, .json or .npz")
    parser.add_argument("--speech", required=True, metavar="FILE", help="the recording that they say")
    parser.add_argument("--reference", metavar="FILE", help="the same line as it should be: .csv, .json or .npz")
    parser.add_argument("--text", metavar="TEXT", help="what is said: the words, or a .txt, .docx or .odt file")
    recording.configure(parser)
    character.configure(parser)
    parser.add_argument("--html", metavar="FILE", help="write a page with curves and measures")


@dataclass(frozen=True, slots=True)
class MeasureReport:
    """One measure, its limits and its verdict."""

    name: str
    label: str
    value: float | None
    """None if it could not be measured."""
    unit: str
    """"ms", "mm", "" for plain numbers, or "%" for a share, whose value is 0 to 1 all the same."""
    at_least: float | None
    at_most: float | None
    verdict: str
    """"pass", "fail", or "info" where it is not judged."""
    note: str
    """Why it was not measured or not judged."""


@dataclass(frozen=True, slots=True)
class ClosureReport:
    """A p, b or m of a word."""

    letter: str
    start_s: float
    end_s: float
    closed: bool
    """Whether the lips close on it."""


@dataclass(frozen=True, slots=True)
class WordReport:
    """A word of the text, where the sound has it."""

    word: str
    start_s: float
    end_s: float
    heard: float | None
    """Share of its letters that are heard; None if none can be read."""
    closures: list[ClosureReport]

    @property
    def is_heard(self) -> bool:
        """Whether enough of it is heard, or nothing can be told."""
        return self.heard is None or self.heard >= WORD_HEARD


@dataclass(frozen=True, slots=True)
class QaReport:
    """What became of the checks; its text is what a person reads."""

    clip: str
    speech: str
    reference: str | None
    rig: str
    duration_s: float
    """How much of clip, sound and reference was compared."""
    html: str | None
    notes: list[str] = field(default_factory=list)
    """What a person should know about the rig and the map onto it."""
    measures: list[MeasureReport] = field(default_factory=list)
    words: list[WordReport] = field(default_factory=list)
    """Those of the text, if there is one that can be read."""
    exit_code: int = 0

    def __str__(self) -> str:
        against = f" and {self.reference}" if self.reference else ""
        lines = [f"{self.clip} against {self.speech}{against}: {self.duration_s:.2f} s"]
        for measure in self.measures:
            check = CHECKS[measure.name]
            verdict = "" if measure.verdict == "info" else measure.verdict
            value = "–" if measure.value is None else shown(check, measure.value)
            told = measure.note or limits(check)
            lines.append(f"  {verdict:<4}  {measure.label:<26} {value:>9}  {told}".rstrip())
        open_ = [
            f"{word.word} ({closure.letter} at {closure.start_s:.2f} s)"
            for word in self.words
            for closure in word.closures
            if not closure.closed
        ]
        unheard = [f"{word.word} ({word.start_s:.2f} s)" for word in self.words if not word.is_heard]
        lines += [f"  {told}: {listed(which)}" for told, which in (("open on", open_), ("not heard", unheard)) if which]
        lines += self.notes
        judged = [measure for measure in self.measures if measure.verdict != "info"]
        passed = sum(measure.verdict == "pass" for measure in judged)
        lines.append(f"{passed} of {len(judged)} checks pass." + (f" Curves: {self.html}" if self.html else ""))
        return "\n".join(lines)

    @property
    def complaints(self) -> list[str]:
        """One sentence for every check that fails."""
        out = []
        for measure in self.measures:
            if measure.verdict == "fail":
                check = CHECKS[measure.name]
                found = measure.note if measure.value is None else shown(check, measure.value)
                out.append(f"{self.clip}: {measure.label}: {found}; wanted: {limits(check)}")
        return out


def run(args: argparse.Namespace) -> QaReport:
    """Judge what the arguments name."""
    if args.html and Path(args.html).suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--html {args.html}: the page is an .html file; name it so")
    clip = read(args.clip)
    reference = read(args.reference) if args.reference else None
    speech = load(args.speech, track=args.track, channel=args.channel)
    text = None if args.text is None else script.words(args.text)
    who = Character(args.rig, args.map, args.landmarks)
    measured_on = face(who)
    _, heard = Network.load().listen(speech)
    try:
        found = judge(clip, speech, heard, measured_on, reference=reference, text=text)
    except InputError as error:
        raise InputError(f"{args.clip}: {error}") from None
    report = _report(args, found, who.notes)
    if args.html:
        names = {"curves": args.clip, "sound": args.speech, "reference": args.reference}
        with draft(Path(args.html)) as target:
            html = page(found, speech, {what: name for what, name in names.items() if name})
            target.write_text(html, encoding="utf-8", errors="backslashreplace")  # names need not be Unicode
    return report


def face(who: Character) -> Face:
    """Return the face on which lips are measured, in millimetres.

    Raises InputError if it has no mesh, or its lips are not found.
    """
    rig, held = who.rig, who.fit
    if rig.mesh is None:
        raise InputError(f"rig '{rig.name}' is a list of names, and lips are measured on a mesh; leave out --rig")
    if held is None:
        assert rig.landmarks is not None  # ours has them
        deltas = rig.mesh.deltas * 1000
        lips = Lips.of(rig.mesh.vertices * 1000, deltas, rig.landmarks)
        return Face(shapes=rig.shapes, lips=lips, upper=upper_face(deltas, rig.shapes, at_least=1.0))
    places = rig.landmarks or landmarks.locate(rigs.builtin(), rig)
    above = [name for name in ARKIT if name.startswith(("brow", "eye"))]
    one_by_one = Clip(values=np.eye(len(above), dtype=np.float32), channels=tuple(above), frame_rate=RATE)
    moved = np.tensordot(held.retarget(one_by_one).select(rig.shapes).values, rig.mesh.deltas, axes=1)
    both = np.concatenate([moved, rig.mesh.deltas]) * 1000
    upper = upper_face(both, [*above, *[""] * len(rig.shapes)], at_least=1.0)[len(above) :]
    return _on_bones(rig, held, {name: places[name] for name in NAMES}, upper)


def _on_bones(rig: Rig, held: Fit, places: Mapping[str, Sequence[int]], upper: NDArray[np.float32]) -> Face:
    """Return the face of a rig whose lips bones may move too.

    What bones add to each coordinate of the vertices of the lips counts as one shape more, at weight 1 for 1 mm.
    """
    assert rig.mesh is not None
    rows = [vertex for name in places for vertex in places[name]]
    local = {name: [rows.index(vertex) for vertex in places[name]] for name in places}
    none = np.zeros(0, np.int32)
    mesh = replace(
        rig.mesh, vertices=rig.mesh.vertices[rows], deltas=rig.mesh.deltas[:, rows], uv=None, identity=None,
        face_sizes=none, face_vertices=none, face_materials=none,
    )  # fmt: skip
    joints = tuple(replace(joint, weights=joint.weights[rows]) for joint in rig.joints)
    part = replace(rig, mesh=mesh, joints=joints)

    def drive(clip: Clip) -> NDArray[np.float32]:
        driven = held(clip)
        weights = driven.select(rig.shapes).values
        by_bones = 1000 * (posed(part, driven) - part.posed(weights))
        return np.hstack([weights, by_bones.reshape(len(clip), -1)]).astype(np.float32)

    size = 3 * len(rows)
    each = np.eye(size, dtype=np.float32).reshape(size, len(rows), 3)
    deltas = np.concatenate([1000 * mesh.deltas, each])
    still = np.zeros((size, *upper.shape[1:]), np.float32)
    return Face(
        shapes=ARKIT,
        lips=Lips.of(1000 * mesh.vertices, deltas, local),
        upper=np.concatenate([upper, still]),
        drive=drive,
    )


def _report(args: argparse.Namespace, found: Judgement, notes: list[str]) -> QaReport:
    measures = []
    for measure in found.measures:
        check = CHECKS[measure.name]
        measures.append(
            MeasureReport(
                name=measure.name,
                label=check.label,
                value=None if measure.value is None else round(measure.value, 5),
                unit=check.unit,
                at_least=check.at_least,
                at_most=check.at_most,
                verdict=measure.verdict,
                note=measure.note,
            )
        )
    return QaReport(
        clip=args.clip,
        speech=args.speech,
        reference=args.reference,
        rig=args.rig,
        duration_s=round(len(found.times_s) / 60, 3),
        html=args.html,
        notes=notes,
        measures=measures,
        words=_words(found),
        exit_code=int(any(measure.verdict == "fail" for measure in measures)),
    )


def _words(found: Judgement) -> list[WordReport]:
    """Return the words of the text and whether lips close in them."""
    out = []
    for word in found.reading.words if found.reading else ():
        closures = [
            ClosureReport(closure.letter, round(closure.start_s, 3), round(closure.end_s, 3), bool(closed))
            for closure, closed in zip(word.closures, found.closes(word.closures_s), strict=True)
        ]
        heard = None if word.heard is None else round(word.heard, 3)
        out.append(WordReport(word.text, round(word.start_s, 3), round(word.end_s, 3), heard, closures))
    return out
