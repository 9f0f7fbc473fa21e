"""An animation into a copy of the client's own .blend file: an Action on its own shape keys and bones.

Blender opens the file in a child process and saves a copy, which so has the version of that Blender. Each clip is one
slotted Action, on NLA tracks of its own above all that moves the character already; of several clips the first plays,
and the tracks of the others are muted. Bones are turned on top of what moves them (Combine), shape keys are taken over.
Time 0 is the first frame of the scene, whose rate is the file's own; the scene ends with the line or later. The
recording of a single line lies in the sequencer, as a strip that names its file.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from audio2blend import blender, wording
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..compare import differences
from ..take import name_of
from ..through_blender import rewrite
from . import Options


def into(
    clips: Sequence[Clip],
    source: Path,
    target: Path,
    *,
    place: Path,
    rig: Rig,
    speech: Speech | None,
    options: Options,
) -> None:
    """Write the file that a rig was read from with an Action for each clip.

    Raises InputError if the file is gone, has an animation of ours of that name, or holds nothing that a clip moves,
    and for clips without frames or two of one name; MissingDependencyError without Blender.
    """
    names = [name_of(clip) for clip in clips]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two recordings are called '{twice}'; rename one, since both go into one file")
    if not all(map(len, clips)):
        raise InputError("the clip holds no frames; a .blend file needs at least one")
    arguments = {
        "clips": list(clips),
        "names": names,
        "rig": rig,
        "sound": speech.source.absolute() if speech is not None and speech.source is not None else None,
        "replace": wording.current().replace_clip if not options.replace else "",
    }
    rewrite("usd_export.blend.worker.into:write", source, target, ".blend", arguments)


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with the Action of a clip in a .blend file."""
    with blender.start() as child:
        found = child.call("usd_export.blend.worker.into:read", {"path": path.absolute(), "name": name_of(clip)})
    shown = clip.resampled(found["rate"])
    curves = found["curves"]
    if not curves:
        yield f"no Action of {path.name} is called '{name_of(clip)}'"
    for names, values in curves:
        yield from differences(values, shown.select(names).values, names)
    if rig is not None:
        held = {name for names, _ in curves for name in names}
        driven = set(found["driven"])
        if missing := [name for name in rig.shapes if name in clip and name not in held | driven]:
            yield f"nothing moves {missing[0]}"
