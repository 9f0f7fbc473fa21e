"""What a file format is: one object, from which help, menus, documentation and checks are derived.

A format is registered by its suffix without the dot under the entry points `audio2blend.formats`, in this project or
in somebody else's. What does its work is named as "module:function" and imported when it is first needed, so that
listing formats costs nothing.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from audio2blend import wording
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from .contents import Contents
from .outcome import Outcome


@dataclass(frozen=True, slots=True)
class NoOptions:
    """Of a format that has nothing to choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of file."""

    suffix: str
    """In lower case, with its dot, such as ".usdc"; of two parts, such as ".unity.anim", where programs share the
    last and nothing else."""
    title: str
    """What people call it, such as "USD"."""
    purpose: str
    """Who takes such files, in a few words for help and menus."""
    loses: str
    """What such a file cannot hold of a clip, in a few words; "" where nothing is lost."""
    writer: str = ""
    """"module:function" of `write(clip, path, *, rig, speech, options)`: writes a whole file to `path`, or raises
    InputError for what the format cannot hold; "" where `into` is the only way."""
    reader: str = ""
    """"module:function" of `read(path) -> Clip`; "" where files are only written."""
    recogniser: str = ""
    """"module:function" of `recognises(content) -> bool`: whether the bytes of a file are of this format, where several
    share the last part of their suffix; "" where its name alone says so."""
    checker: str = ""
    """"module:function" of `check(path, clip, rig)`, which reads a file back and yields a sentence for everything in
    it that is not as it was written; "" where nobody can look into it."""
    inspector: str = ""
    """"module:function" of `inspect(path) -> Contents`, which says what a file holds, whoever wrote it; "" where
    `reader` does, or nobody can look into it."""
    validators: tuple[str, ...] = ()
    """"module:function" of each `validate(path) -> Outcome` that knows the rules of such files."""
    into: str = ""
    """"module:function" of `into(clips, source, target, *, place, rig, speech, options)`: writes to `target` what the
    file `source`, from which the rig was read, holds, with an animation more for each clip and all else as it is;
    "" where rigs are rewritten. `place` is where the file will lie, for names in it that lead to others."""
    sources: tuple[str, ...] = ()
    """Suffixes of the files that `into` takes."""
    several: bool = True
    """Whether `into` takes several clips."""
    over: bool = False
    """Whether what `into` writes lies over its source and needs it, so that it cannot take its place."""
    beside: str = ""
    """"module:function" of `files(path)`, which returns those beside a file that it needs, there or not; "" where it
    is all there is."""
    adds_shapes: bool = False
    """Whether `into` gives a mesh without shapes those that were made for it."""
    options: type = NoOptions
    """A dataclass whose fields all have defaults; those made by `option` become command-line flags."""
    needs_rig: bool = True
    """Whether it holds a face; without, it holds curves alone."""
    needs_blender: bool = False
    """Whether Blender writes it."""
    keeps_sound: bool = False
    """Whether the recording is in it."""
    keeps_arkit: bool = False
    """Whether its curves have ARKit's names whatever the rig's are called."""
    frame_rate: Fraction | None = None
    """The usual rate of such files; None where it is the clip's own."""
    fixed_rate: bool = False
    """Whether such files have no other rate than the usual one, whatever is asked for."""

    def write(self, clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
        """Write a clip at the file's rate to a path that may be overwritten."""
        resolve_name(self.writer)(clip, path, rig=rig, speech=speech, options=options)

    def rate_of(self, asked: Fraction | None, own: Fraction) -> Fraction:
        """Return the rate of a file for which some rate is asked, of a clip that has its own."""
        if self.fixed_rate and self.frame_rate is not None:
            return self.frame_rate
        return asked or self.frame_rate or own

    def source(self, rig: Rig | None) -> Path | None:
        """Return the file that the animation of a rig goes into; None where the rig is rewritten."""
        asset = rig.asset if rig is not None and self.into else None
        if asset is None or asset.path.suffix.lower() not in self.sources or (asset.bare and not self.adds_shapes):
            return None
        return asset.path

    def is_whole(self, path: Path) -> bool:
        """Return whether a file is there, and all beside it that it needs."""
        files = resolve_name(self.beside)(path) if self.beside and os.path.isfile(path) else ()
        return all(map(os.path.isfile, (path, *files)))

    def needs(self, rig: Rig | None) -> str:
        """Return what a rig lacks to be written, in a sentence with the cure; "" if it lacks nothing."""
        if self.source(rig) is not None:
            return ""
        if not self.writer:
            own = wording.current().choose_own(" or ".join(self.sources))
            return f"a {self.suffix} file is a character of your own with the animation in it; {own}"
        if self.needs_rig and (rig is None or rig.mesh is None):
            return f"a {self.suffix} file needs a rig with a mesh; {wording.current().choose_rig}"
        return ""

    def write_into(
        self,
        clips: Sequence[Clip],
        source: Path,
        path: Path,
        *,
        place: Path,
        rig: Rig,
        speech: Speech | None,
        options: Any,
    ) -> None:
        """Write `source` with clips at the file's rate as animations to a path that may be overwritten.

        Raises InputError if `source` is gone, beside what stands in the way of the format.
        """
        if not os.path.isfile(source):
            raise InputError(f"{source}: it is gone since it was read; put it back")
        resolve_name(self.into)(clips, source, path, place=place, rig=rig, speech=speech, options=options)

    def read(self, path: Path) -> Clip:
        """Return what a file holds; for formats with a reader. Raises InputError if it is damaged."""
        return cast(Clip, resolve_name(self.reader)(path))

    def recognises(self, content: bytes) -> bool:
        """Return whether the content of a file says that it is of this format, whatever the file is called."""
        return bool(self.recogniser) and bool(resolve_name(self.recogniser)(content))

    def check(self, path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
        """Yield a sentence for everything in a file that is not as it was written."""
        return cast(Iterable[str], resolve_name(self.checker)(path, clip, rig)) if self.checker else ()

    def inspect(self, path: Path) -> Contents | None:
        """Return what a file holds; None where nobody can look into it. Raises InputError if it is damaged."""
        if self.inspector:
            return cast(Contents, resolve_name(self.inspector)(path))
        return Contents.of(self.read(path)) if self.reader else None

    def validate(self, path: Path) -> list[Outcome]:
        """Return what each validator of such files finds."""
        return [cast(Outcome, resolve_name(validator)(path)) for validator in self.validators]

    def chosen(self, values: Mapping[str, object]) -> Any:
        """Return this format's options with those of `values` that it knows."""
        known = {one.name for one in fields(self.options)}
        return self.options(**{name: value for name, value in values.items() if name in known})


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen about a file, as a command line or a panel offers it."""

    name: str
    help: str
    default: Any
    parse: Callable[[str], Any]
    """Makes a value of a text, or raises InputError or ValueError."""
    choices: tuple[str, ...]
    """All values that there are; empty where there are endlessly many."""
    metavar: str
    """What stands for a value in help, such as "WxH"; "" where `choices` say it."""


def option(default: Any, help: str, *, parse: Callable[[str], Any] | None = None, metavar: str = "X") -> Any:
    """Return a field of a format's options that people can choose; `parse` is by default the type of `default`."""
    return field(default=default, metadata={"help": help, "parse": parse or type(default), "metavar": metavar})


def choices(options: type) -> tuple[Choice, ...]:
    """Return what can be chosen of a format's options: its fields made by `option`."""
    hints = get_type_hints(options)
    out = []
    for one in fields(options):
        if "help" not in one.metadata:
            continue
        assert one.default is not MISSING
        literal = get_args(hints[one.name]) if get_origin(hints[one.name]) is Literal else ()
        about, parse, metavar = (one.metadata[key] for key in ("help", "parse", "metavar"))
        out.append(Choice(one.name, about, one.default, parse, tuple(map(str, literal)), "" if literal else metavar))
    return tuple(out)
