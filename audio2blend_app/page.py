"""What `view` and `qa` put on their pages alike: the character and where to look, and how far two clips are apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from audio2blend import wording
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import InputError
from audio2blend.qa.difference import Difference
from audio2blend.qa.sampled import MeasuredFace
from render_farm.framing import frame
from rigs import builtin
from rigs.measure import face
from usd_export.viewer import Lane, PageCharacter, embedded

from .character import Character

SUFFIXES: Final = (".html", ".htm")
"""Of pages."""
_GLB: Final = Path("page.glb")
"""The kind of file in which the page holds the character."""


class Seen(NamedTuple):
    """A character on a page."""

    character: PageCharacter
    focus: tuple[list[float], float]
    """The middle of its head and the side of a square around it, in metres."""


def refuse_other(path: Path, option: str) -> None:
    """Raise InputError if a page is not named as one."""
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{option} {path}: the page must be an .html file; give it that suffix")


def called(paths: Sequence[Path]) -> list[str]:
    """Return what a page calls files: by their names, with folders and numbers where these are the same.

    >>> called([Path("a/line.csv"), Path("b/line.csv")]), called([Path("x.csv"), Path("y.csv")])
    (['a/line.csv', 'b/line.csv'], ['x.csv', 'y.csv'])
    """
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [f"{path.resolve().parent.name}/{path.name}" for path in paths]
    if len(set(names)) < len(names):
        names = [f"{name} ({number})" for number, name in enumerate(names, start=1)]
    return names


def seen(who: Character, clips: Sequence[Clip]) -> Seen:
    """Return a character moved by clips of ARKit channels. Raises InputError for one without a mesh or a mouth."""
    if who.fit is not None and who.fit.mute:
        raise InputError(f"{who.path}: {who.fit.mute}")
    if who.rig.mesh is None:
        cure = wording.current().measure_on_mesh
        raise InputError(f"{who.path}: a list of names has no face to show; {cure} to see the built-in head")
    centre, side = frame(who.rig)
    return Seen(embedded([who.clip_for(_GLB, clip) for clip in clips], who.rig), (centre.tolist(), side))


def noted(who: Character, on_page: Seen) -> list[str]:
    """Return what a person should know about the character; a page goes to others, so it is named without folders."""
    return [note.replace(who.path, Path(who.path).name) for note in (*who.notes, *on_page.character.notes)]


def measured_on(who: Character) -> tuple[MeasuredFace, str]:
    """Return the face on which lips are measured, and a note: the character's, or ours where its lips are not found."""
    try:
        return face(who.rig, who.fit), ""
    except InputError:
        return face(builtin()), "the lips of this character are not found; the distance is that on the built-in head"


def difference_lane(found: Difference) -> Lane | None:
    """Return how far the lips of two clips are apart, to be drawn."""
    if found.lips_mm is None:
        return None
    return Lane(
        label="Difference",
        about="the distance of the lip vertex that is farthest from its own in the other clip",
        curves=(found.lips_mm,),
        start_s=float(found.times_s[0]),
        frame_rate=float(FRAME_RATE),
        unit="mm",
        digits=2,
        low=0.0,
        area=True,
    )


def difference_text(found: Difference) -> str:
    """Return a sentence on how far two clips are apart."""
    apart = {name: value for name, value in found.channels.items() if not name.endswith(("Yaw", "Pitch", "Roll"))}
    most = max(apart, key=lambda name: apart[name], default=None)
    weights = ""
    if most is not None:
        mean = float(np.sqrt(np.mean(np.square([*apart.values()]))))
        weights = f"Weights differ by {mean:.3f} (RMS), most in {most}: {apart[most]:.3f}."
    if found.lips_mm is None:
        return weights
    worst = int(found.lips_mm.argmax())
    lips = (
        f"Lips are {found.lips_mm.mean():.2f} mm apart on average (lip vertex error), at most "
        f"{found.lips_mm[worst]:.2f} mm at {found.times_s[worst]:.2f} s."
    )
    return f"{lips} {weights}".strip()
