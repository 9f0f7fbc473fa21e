"""Which format a file has: looked up by suffix among those that are installed."""

import os
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from audio2blend import plugins
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import Audio2BlendError, InputError
from audio2blend.files import draft, local
from rigs import Rig

from .format import Format


def suffixes() -> tuple[str, ...]:
    """Return the suffixes that can be written, such as ".usdc"."""
    return tuple("." + name for name in plugins.names("formats"))


def formats() -> tuple[Format, ...]:
    """Return all formats, in the order of their suffixes; those that cannot be loaded are left out.

    Whoever names a file of such a format gets the reason from `format_of`.
    """
    out = []
    for suffix in suffixes():
        with suppress(Audio2BlendError):
            out.append(_loaded(suffix[1:]))
    return tuple(out)


def format_of(path: str | Path) -> Format:
    """Return the format of files named like `path`; raises InputError if there is none.

    Of formats with suffixes such as ".json" and ".a2f.json" it is that of the longest which the name ends in.
    """
    if suffix := _suffix_of(Path(path).name.lower()):
        return _loaded(suffix[1:])
    raise _unknown(path)


def stem_of(path: str | Path) -> str:
    """Return a file's name without the suffix of its format: "hero" for "hero.unity.anim"; without its last suffix
    where no format has it."""
    name = Path(path).name
    suffix = _suffix_of(name.lower())
    return name[: -len(suffix)] if suffix else Path(name).stem


def _suffix_of(name: str) -> str:
    """Return the longest suffix of a format that a name in small letters ends in; "" if there is none."""
    return max((suffix for suffix in suffixes() if name.endswith(suffix) and name != suffix), key=len, default="")


def _unknown(path: str | Path) -> InputError:
    """Return that no format has files named like `path`."""
    last = Path(path).suffix.lower()
    if rivals := " or ".join(suffix for suffix in suffixes() if last and suffix.endswith(last)):
        return InputError(f"{path}: '{last}' files are of several kinds; name a file that ends in {rivals}")
    return InputError(f"{path}: no format writes '{last}' files; name a file that ends in {', '.join(suffixes())}")


@cache
def _loaded(name: str) -> Format:
    found: Format = plugins.load("formats", name)
    return found


def write(
    clip: Clip | Sequence[Clip],
    path: str | Path,
    *,
    rig: Rig | None = None,
    speech: Speech | None = None,
    frame_rate: Fraction | None = None,
    options: Any = None,
) -> Path:
    """Write `clip` to `path` in the format its suffix names, and return the path.

    A rig that was read from a file of the same family is not rewritten: `path` is that file with an animation more,
    and all else as it is. Pass `dataclasses.replace(rig, asset=None)` for a file of the face alone.

    Args:
        clip: one clip; several become animations of one file, where a format puts them into the rig's own.
        rig: the face that is written along; formats of bare curves need none.
        speech: the sound, for formats that carry it.
        frame_rate: frames per second of the file, where the format leaves the choice; by default its usual rate, else
            the clip's own.
        options: an instance of the format's options; by default their defaults.

    An interrupted run leaves the old file or none. Raises InputError if no format has the suffix, the format needs a
    rig with a mesh and there is none, or the disk is full.
    """
    path = local(path)
    form = format_of(path)
    if lack := form.needs(rig):
        raise InputError(f"{path}: {lack}")
    clips = [clip] if isinstance(clip, Clip) else list(clip)
    clips = [one.resampled(form.rate_of(frame_rate, one.frame_rate)) for one in clips]
    chosen = options or form.options()
    source = form.source(rig)
    if len(clips) != 1 and (source is None or not form.several):
        raise InputError(f"{path}: holds one clip, not {len(clips)}; write a file for each")
    with draft(path) as target:
        try:
            if source is not None and rig is not None:
                form.write_into(clips, source, target, place=path, rig=rig, speech=speech, options=chosen)
            else:
                form.write(clips[0], target, rig=rig, speech=speech, options=chosen)
        except InputError as error:  # the writer knows the draft, the user the file
            if str(error).startswith(str(path)):
                raise
            raise InputError(f"{path}: {error}") from None
    return path


def read(path: str | Path) -> Clip:
    """Read a file back as a Clip; raises InputError if it is missing, damaged, or of a format that is only written.

    Among formats that share the last part of their suffix its content decides, not its name: a line.json may be any
    program's.
    """
    path = local(path)
    last = path.suffix.lower()
    rivals = [form for form in formats() if form.reader and Path(f"_{form.suffix}").suffix == last]
    if not rivals:
        known = ", ".join(other.suffix for other in formats() if other.reader)
        suffix = _suffix_of(path.name.lower())
        what = f"'{suffix}' files are written, not read" if suffix else f"no format reads '{last}' files"
        raise InputError(f"{path}: {what}; name a file that ends in {known}")
    if not os.path.isfile(path):
        raise InputError(f"{path}: no such file; check the name")
    try:
        return _recognised(path, rivals).read(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the file and its permissions") from None


def _recognised(path: Path, rivals: Sequence[Format]) -> Format:
    """Return which of some formats a file has: the one that knows its content, else the one that its name says.

    Raises InputError if nothing tells.
    """
    suffix = _suffix_of(path.name.lower())
    named = [form for form in rivals if form.suffix == suffix]
    content = path.read_bytes() if any(form.recogniser for form in rivals) else b""
    known = [form for form in rivals if form.recognises(content)]
    if not named and not known:
        kinds = " or ".join(form.title for form in rivals)
        raise InputError(f"{path}: its content is of no kind that is known, {kinds}; export it again")
    return next((form for form in known if form in named), (known or named)[0])


def check(path: str | Path, clip: Clip, rig: Rig | None = None) -> tuple[str, ...]:
    """Return what is wrong with a file that holds `clip` on `rig`, a sentence each; nothing if all is well.

    `clip` is as it was given to `write`, at the file's frame rate. A format that nobody can look into, such as a video,
    counts as well if it is there. Raises MissingDependencyError where an .fbx file needs Blender.
    """
    path = Path(path)
    if not path.is_file() or not path.stat().st_size:
        return (f"{path.name} is missing or empty",)
    try:
        return tuple(format_of(path).check(path, clip, rig))
    except InputError as error:
        return (str(error),)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return (f"{path.name} contradicts itself ({error})",)
