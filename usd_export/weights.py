"""What formats of bare weights take of a clip, and how they tell what they leave out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs.motion import BONE_CHANNEL

Note = Callable[[str], None]


def _ignored(_sentence: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Options of a format that has something to say about what it wrote."""

    note: Note = _ignored
    """Called with a sentence for people."""


def weights_of(clip: Clip, note: Note) -> Clip:
    """Return a clip with its blendshapes alone, and note what else of it moves: rotations and channels of bones.

    Raises InputError if there are no blendshapes.
    """
    kept = [name for name in clip.channels if name not in ROTATIONS and not BONE_CHANNEL.fullmatch(name)]
    if not kept:
        raise InputError("the clip has no weights of blendshapes, which is all that such a file holds")
    report_lost(clip, kept, note)
    return clip.select(kept)


def report_lost(clip: Clip, kept: Iterable[str], note: Note) -> None:
    """Note which channels of a clip move and are not among those that are kept."""
    known = {*kept}
    if lost := [name for name in clip.channels if name not in known and clip[name].any()]:
        note(f"left out, since such files cannot hold them: {listed(lost, most=4)}")


def from_zero(clip: Clip) -> Clip:
    """Return a clip whose first frame is at 0 s; raises InputError for one that starts at another time."""
    if abs(clip.start_s) * float(clip.frame_rate) > 1e-3:
        raise InputError(
            f"the clip starts at {clip.start_s:g} s, but such files start with the sound; write a .json file"
        )
    return replace(clip, start_s=0.0)


def timed(clip: Clip) -> Clip:
    """Return the clip itself; raises InputError for one without frames, or that begins before time 0."""
    if not len(clip):
        raise InputError("the clip holds no frames; such a file needs at least one")
    if clip.start_s < 0:
        raise InputError(f"the clip starts at {clip.start_s:g} s, but such files begin at 0; write a .json file")
    return clip


def renamed(clip: Clip, names: Mapping[str, str], note: Note) -> Clip:
    """Return a clip with other names for its channels, and note those that changed.

    Raises InputError if two become one.
    """
    channels = tuple(names[name] for name in clip.channels)
    if twice := next((name for name in channels if channels.count(name) > 1), None):
        both = " and ".join(f"'{name}'" for name in clip.channels if names[name] == twice)
        raise InputError(f"{both} would both be called '{twice}' in such a file; rename one")
    if changed := [f"{old} as {new}" for old, new in zip(clip.channels, channels, strict=True) if old != new]:
        note(f"renamed, since such files cannot hold the names: {listed(changed, most=4)}")
    return replace(clip, channels=channels)
