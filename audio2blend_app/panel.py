"""Blind panels: make one of folders of videos, and report what its raters say."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import ffmpeg
from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.files import draft, local, same_file
from audio2blend.panel import (
    Key,
    MeanOpinion,
    Rating,
    Ratings,
    mean_opinion,
    plan,
    preferences,
    read_key,
    read_ratings,
    render,
)
from audio2blend.panel.opinion import interval
from audio2blend.panel.ratings import SCALES, key_text

from .page import called

SUFFIXES: Final = (".mp4", ".webm")
_FEW_RATERS: Final = 15
"""ITU-R BT.500 wants at least 15."""
_FEW_COMPARISONS: Final = 30
_RESAMPLES: Final = 500
"""Each is a fit; ends of intervals are good to a hundredth or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRequest:
    """What a panel is made of."""

    folders: tuple[Path, ...]
    output: Path
    """The folder to hand out."""
    key: Path | None = None
    """The file that stays; None for one beside the folder."""
    raters: int = 30
    checks: int = 2
    """Pairs of the same video twice, to see who pays attention."""
    seed: int | None = None
    """None for one that nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReport:
    """What was made."""

    page: str
    key: str
    pairs: int
    raters: int
    folders: list[str]
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.page}: {self.pairs} pairs for each of {self.raters} raters\n"
            f"Hand out the folder, with a number from 1 to {self.raters} for each rater. Keep {self.key} to yourself."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """Whose ratings are to be reported."""

    ratings: tuple[Path, ...]
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderReport:
    """What raters think of one folder."""

    name: str
    opinions: dict[str, MeanOpinion | None]
    """By scale; None where nobody rated."""
    strength: float
    """Bradley and Terry's, a natural logarithm; of all folders the mean is 0."""
    low: float | None
    """The lower end of its 95 % interval; None of fewer than two raters."""
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """How often one folder was preferred to another."""

    first: str
    second: str
    first_preferred: int
    second_preferred: int
    no_difference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelReport:
    """What the panel says."""

    raters: int
    rated: int
    """Pairs of two folders, over all raters."""
    refused: int
    incomplete: int
    checks: int
    checks_failed: int
    """Identical videos of which one was preferred."""
    left_share: float | None
    """How often the left one was preferred, of all times when a side was; near a half where sides do not matter."""
    folders: list[FolderReport]
    pairs: list[PairReport]
    tie: float
    """Davidson's ν."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        wide = max(len(_plain(one.name)) for one in self.folders)
        left = "" if self.left_share is None else f"; left preferred in {self.left_share:.0%} of choices"
        lines = [
            f"raters: {self.raters}; pairs: {self.rated} rated, {self.refused} refused, {self.incomplete} incomplete; "
            f"{self.checks_failed} of {self.checks} attention checks failed{left}",
            f"{'':{wide}}  {'naturalness':<20}{'lip-sync':<20}strength (log odds), all with 95 % intervals",
        ]
        for one in self.folders:
            scores = "".join(f"{_opinion(one.opinions[scale]):<20}" for scale in SCALES)
            strength = f"{one.strength:+.2f}{_ends(one.low, one.high, '+.2f')}"
            lines.append(f"{_plain(one.name):<{wide}}  {scores}{strength}")
        for pair in self.pairs:
            lines.append(
                f"{_plain(pair.first)} preferred {pair.first_preferred}, {_plain(pair.second)} preferred "
                f"{pair.second_preferred}, no difference {pair.no_difference}"
            )
        return "\n".join(lines)


def make(request: MakeRequest) -> MakeReport:
    """Make a panel: a folder with a page and anonymous videos, and a key that is not in it.

    Raises InputError for folders that do not fit together, for videos that cannot be read and for places that
    cannot be written to; nothing is left behind then.
    """
    output = local(request.output)
    key = local(request.key or output.with_name(f"{output.resolve().name}-key.json"))
    if len({same_file(one) for one in request.folders}) < max(len(request.folders), 2):
        raise InputError("a panel compares two folders or more; name as many different ones")
    if not 1 <= request.raters <= 1000 or not 0 <= request.checks <= 100:
        raise InputError("a panel has 1 to 1000 raters and 0 to 100 checks; choose numbers within these")
    if os.path.lexists(output) and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"{output} is there already; name another folder, or remove it")
    if Path(os.path.realpath(output)) in Path(os.path.realpath(key)).parents:
        raise InputError(f"{key} would be handed out with the panel; name a key outside {output}")
    if os.path.lexists(key):
        raise InputError(f"{key} is there already, and its panel needs it; name another key")
    videos = [_videos(folder) for folder in request.folders]
    stems = _shared(request.folders, videos)
    made = plan(
        stems,
        len(videos),
        n_raters=request.raters,
        n_checks=request.checks,
        seed=secrets.randbits(64) if request.seed is None else request.seed,
    )
    names = called([folder.resolve() for folder in request.folders])
    complaints = []
    if len({path.suffix.lower() for folder in videos for path in folder.values()}) > 1:
        complaints.append("videos of two kinds, .mp4 and .webm, can be told apart; make them all of one kind")
    try:
        program = ffmpeg.program()
    except MissingDependencyError as error:
        program = ""
        complaints.append(f"what the videos say of their origin is still in them: {error}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=".draft-", dir=output.parent))
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}; choose another folder") from None
    try:
        (folder / "videos").mkdir()
        places = {}
        for name, (number, stem) in made.clips.items():  # by their anonymous names, so that no date tells the order
            source = videos[number][stem]
            places[name] = f"videos/{name}{source.suffix.lower()}"
            _copy(program, source, folder / places[name])
        (folder / "index.html").write_text(render(made, places), "utf-8")
        folder.chmod(0o755)
        if output.is_dir():
            output.rmdir()
        with draft(key) as target:  # the key becomes one only once its panel is there
            target.write_text(key_text(made, tuple(names)), "utf-8")
            folder.replace(output)
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}; make room or choose another folder") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return MakeReport(
        page=str(output / "index.html"),
        key=str(key),
        pairs=len(made.trials[0]),
        raters=request.raters,
        folders=names,
        complaints=complaints,
    )


def report(request: ReportRequest) -> PanelReport:
    """Report what raters say. Raises InputError for files that are damaged, of another panel or of one rater twice."""
    key = read_key(request.key)
    by_rater: dict[int, Ratings] = {}
    for path in request.ratings:
        found = read_ratings(path, key)
        if found.rater in by_rater:
            raise InputError(f"{path}: rater {found.rater} sent another file as well; name one file for each rater")
        by_rater[found.rater] = found
    people = [by_rater[number] for number in sorted(by_rater)]
    rated = [[one for one in person.ratings if one.preference and not _check(one, key)] for person in people]
    checks = [one for person in people for one in person.ratings if one.preference and _check(one, key)]
    wins, ties = _counts(rated, key)
    fitted = preferences(wins.sum(axis=0), ties.sum(axis=0))
    ends = interval(
        len(people),
        lambda drawn: preferences(wins[drawn].sum(axis=0), ties[drawn].sum(axis=0)).strengths,
        resamples=_RESAMPLES,
    )
    folders = [
        FolderReport(
            name=name,
            opinions={
                scale: mean_opinion([_scores(person, key, number, scale) for person in rated]) for scale in SCALES
            },
            strength=float(fitted.strengths[number]),
            low=None if ends is None else float(ends[0, number]),
            high=None if ends is None else float(ends[1, number]),
        )
        for number, name in enumerate(key.folders)
    ]
    won, tied = wins.sum(axis=0), ties.sum(axis=0)
    pairs = [
        PairReport(
            first=key.folders[a],
            second=key.folders[b],
            first_preferred=int(won[a, b]),
            second_preferred=int(won[b, a]),
            no_difference=int(tied[a, b] + tied[b, a]),
        )
        for a, b in zip(*np.triu_indices(len(key.folders), 1), strict=True)
    ]
    sides = [one.preference for person in rated for one in person if one.preference != "same"]
    given = sum(one.refused or one.preference is not None for person in people for one in person.ratings)
    found_report = PanelReport(
        raters=len(people),
        rated=sum(map(len, rated)),
        refused=sum(one.refused for person in people for one in person.ratings),
        incomplete=len(people) * key.n_pairs - given,
        checks=len(checks),
        checks_failed=sum(one.preference != "same" for one in checks),
        left_share=sides.count("left") / len(sides) if sides else None,
        folders=folders,
        pairs=pairs,
        tie=fitted.tie,
    )
    found_report.complaints.extend(_warnings(found_report, people, key))
    return found_report


def _warnings(found: PanelReport, people: Sequence[Ratings], key: Key) -> list[str]:
    """Return what a reader of the figures should know."""
    out = []
    if found.raters < _FEW_RATERS:
        out.append(f"few raters, {found.raters}: below {_FEW_RATERS} intervals are too narrow")
    for pair in found.pairs:
        n = pair.first_preferred + pair.second_preferred + pair.no_difference
        if n < _FEW_COMPARISONS:
            out.append(
                f"{_plain(pair.first)} and {_plain(pair.second)} were compared {n} times; "
                f"below {_FEW_COMPARISONS} a preference says little"
            )
    for person in people:
        checks = [one for one in person.ratings if one.preference and _check(one, key)]
        failed = sum(one.preference != "same" for one in checks)
        if failed * 2 > len(checks):
            out.append(
                f"rater {person.rater} preferred one of two identical videos in {failed} of {len(checks)} attention "
                "checks; consider leaving their file out"
            )
    return out


def _videos(folder: Path) -> dict[str, Path]:
    """Return the videos of a folder by their stems."""
    try:
        found = sorted(path for path in local(folder).iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror}; name a folder of videos") from None
    out: dict[str, Path] = {}
    for path in found:
        if path.stem in out:
            raise InputError(f"{folder} has both {out[path.stem].name} and {path.name}; keep one of them")
        out[path.stem] = path
    if not out:
        raise InputError(f"{folder} has no videos; put .mp4 or .webm files there")
    return out


def _shared(folders: Sequence[Path], videos: Sequence[dict[str, Path]]) -> list[str]:
    """Return the stems, which must be the same in all folders."""
    everything = sorted(set().union(*videos))
    for folder, found in zip(folders, videos, strict=True):
        if missing := [stem for stem in everything if stem not in found]:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise InputError(
                f"{folder} lacks {missing[0]}{more}, which another folder has; each needs a video of the same name"
            )
    return everything


def _copy(program: str, source: Path, target: Path) -> None:
    """Copy a video without what it says of its origin, where there is an ffmpeg."""
    if not program:
        shutil.copyfile(source, target)
        return
    command = [
        *(program, "-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file", "-i", f"file:{source.resolve()}"),
        *("-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-fflags", "+bitexact", f"file:{target}"),
    ]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise InputError(f"{source} is not a video that can be read; render it again")


def _check(rating: Rating, key: Key) -> bool:
    """Return whether a pair is the same video twice."""
    return key.clips[rating.left] == key.clips[rating.right]


def _counts(rated: Sequence[Sequence[Rating]], key: Key) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return who was preferred to whom, and ties, by rater: (n_raters, n_folders, n_folders) each."""
    wins, ties = np.zeros((2, len(rated), len(key.folders), len(key.folders)))
    for number, person in enumerate(rated):
        for one in person:
            left, right = key.clips[one.left][0], key.clips[one.right][0]
            if one.preference == "same":
                ties[number, left, right] += 1
            else:
                better, worse = (left, right) if one.preference == "left" else (right, left)
                wins[number, better, worse] += 1
    return wins, ties


def _scores(person: Sequence[Rating], key: Key, folder: int, scale: str) -> list[int]:
    """Return the scores that a rater gave a folder."""
    return [
        score
        for one in person
        if one.scores
        for name, score in zip((one.left, one.right), one.scores[scale], strict=True)
        if key.clips[name][0] == folder
    ]


def _opinion(found: MeanOpinion | None) -> str:
    return "–" if found is None else f"{found.mean:.2f}{_ends(found.low, found.high, '.2f')}"


def _ends(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f" [{low:{form}}, {high:{form}}]"


def _plain(name: str) -> str:
    """Return a name that cannot move a terminal's cursor."""
    return name if name.isprintable() else json.dumps(name)
