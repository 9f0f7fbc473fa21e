"""`Frames`: the pictures of a film, from a folder of them or another video, as raw pixels one after the other."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.files import local

from ..process import reading, run
from .probe import probe

Picture = NDArray[Any]
"""Shape (height, width, 4): uint8 or uint16."""
_STRAIGHT: Final = ("setparams=alpha_mode=premultiplied", "format=gbrapf32le", "unpremultiply=inplace=1")
PICTURES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".exr")
_ALPHA: Final = re.compile(r"Video:.*?\b(rgba|bgra|ya\d|yuva|gbrap|argb|abgr|pal8)")
_SIZE: Final = re.compile(r"Video:.*?\b(\d{2,5})x(\d{2,5})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Pictures of one size at a constant rate."""

    source: Path
    width: int
    height: int
    frame_rate: Fraction
    n_frames: int
    has_alpha: bool
    is_deep: bool = False
    """Whether they have more than 8 bits a channel."""
    notes: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """For ffmpeg, to open them."""
    filters: tuple[str, ...] = ()
    """That make them straight sRGB at the constant rate."""

    @classmethod
    def of(cls, source: str | Path, *, frame_rate: Fraction | None = None, premultiplied: bool | None = None) -> Self:
        """Return the pictures in a folder, or those of a video.

        Args:
            source: a folder of numbered pictures without gaps, or a video.
            frame_rate: of the folder; a video has its own.
            premultiplied: whether colours are multiplied by alpha; None takes it so for OpenEXR alone.

        Raises InputError if there are none, some are missing, they differ in size, or there is no rate.
        """
        path = local(source)
        if path.is_dir():
            return cls._folder(path, frame_rate, premultiplied)
        if not path.exists():
            raise InputError(f"{path}: there is no such folder or video; check the name")
        return cls._video(path, frame_rate, bool(premultiplied))

    @classmethod
    def _folder(cls, folder: Path, rate: Fraction | None, premultiplied: bool | None) -> Self:
        pattern, first, count = _numbered(folder)
        if rate is None:
            raise InputError(f"{folder}: pictures do not say how many there are a second; give their frame rate")
        name = pattern % first
        is_linear = name.lower().endswith(".exr")
        try:
            log = run(("-i", f"file:{folder / name}", "-frames:v", "1", "-f", "null", "-"), f"{folder / name}")
        except InputError as error:
            raise InputError(f"{error}; render that frame again") from None
        size = _SIZE.search(log)
        if size is None:
            raise InputError(f"{folder / name} is no picture; render that frame again")
        arguments: tuple[str, ...] = ("-framerate", str(rate), "-start_number", str(first), "-f", "image2")
        premultiplied = is_linear if premultiplied is None else premultiplied
        has_alpha = _ALPHA.search(log) is not None
        filters: list[str] = list(_STRAIGHT) if premultiplied and has_alpha else []
        if is_linear:
            filters.append("zscale=transferin=linear:transfer=iec61966-2-1:primariesin=bt709:primaries=bt709")
        escaped = str(folder / pattern)
        return cls(
            source=folder,
            width=int(size[1]),
            height=int(size[2]),
            frame_rate=rate,
            n_frames=count,
            has_alpha=has_alpha,
            arguments=(*arguments, "-i", f"file:{escaped}"),
            filters=tuple(filters),
        )

    @classmethod
    def _video(cls, path: Path, rate: Fraction | None, premultiplied: bool) -> Self:
        found = probe(path)
        constant = found.is_constant
        rate = rate or found.frame_rate
        if not constant or rate != found.frame_rate:
            count = max(1, round(found.picture_s * rate))
            notes: tuple[str, ...] = (f"{path}: pictures were repeated or left out to make {float(rate):g} a second",)
        else:
            count, notes = found.n_frames, ()
        log = run(("-i", f"file:{path}", "-frames:v", "1", "-vf", "showinfo", "-f", "null", "-"), f"{path}")
        shown = re.findall(r"showinfo.*? s:(\d+)x(\d+)", log)  # turned as a phone was held
        width, height = map(int, shown[0]) if shown else (found.width, found.height)
        # ffmpeg's own decoder of VP9 drops alpha; libvpx keeps it.
        codec = ("-c:v", "libvpx-vp9") if found.codec.startswith(("vp9", "libvpx")) and found.has_alpha else ()
        filters = ["bwdif=deint=interlaced", f"fps={rate}:start_time=0"]
        if not found.is_tagged:
            filters.append("scale=in_color_matrix=bt709" if height >= 720 else "scale=in_color_matrix=smpte170m")
        if premultiplied and found.has_alpha:
            filters += _STRAIGHT
        return cls(
            source=path,
            width=width,
            height=height,
            frame_rate=rate,
            n_frames=count,
            has_alpha=found.has_alpha,
            is_deep=found.is_deep,
            notes=notes,
            arguments=(*codec, "-i", f"file:{path}", "-map", "0:v:0"),
            filters=tuple(filters),
        )

    @contextmanager
    def pixels(self, *, deep: bool = False, size: tuple[int, int] | None = None) -> Iterator[Iterator[Picture]]:
        """Yield an iterator over the pictures: RGBA, straight, sRGB, shape (height, width, 4).

        uint8, or uint16 where `deep`. `size` scales them to another width and height.
        Iteration raises InputError for pictures that cannot be decoded.
        """
        width, height = size or (self.width, self.height)
        wide = deep or self.is_deep  # ffmpeg's own step from 12 bits to 8 errs by one
        kind, sort = ("rgba64le", np.dtype("<u2")) if wide else ("rgba", np.dtype(np.uint8))
        chain = ",".join([*self.filters, f"scale={width}:{height}:flags=lanczos+accurate_rnd", f"format={kind}"])
        block = width * height * 4 * sort.itemsize
        # A picture that cannot be decoded is an error, and no time for showing the last one longer.
        arguments = ("-xerror", *self.arguments, "-vf", chain, "-fps_mode", "passthrough", "-f", "rawvideo")
        with reading(arguments, block, f"{self.source}: a picture cannot be read") as blocks:
            pictures = (np.frombuffer(one, sort).reshape(height, width, 4) for one in blocks)
            yield map(_in_8_bits, pictures) if wide and not deep else pictures


def _in_8_bits(picture: Picture) -> Picture:
    return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _numbered(folder: Path) -> tuple[str, int, int]:
    """Return the pattern, the first number and the count of the pictures in a folder."""
    series: dict[tuple[str, int, str], set[int]] = defaultdict(set)
    for path in folder.iterdir():
        match = re.fullmatch(r"(.*?)(\d+)(\.\w+)", path.name)
        if match and match[3].lower() in PICTURES and not path.name.startswith("."):
            series[match[1], len(match[2]), match[3]].add(int(match[2]))
    if not series:
        raise InputError(f"{folder} holds no numbered pictures; render into it, or name another folder")
    if len(series) > 1:
        names = ", ".join(f"{head}{'#' * digits}{tail}" for head, digits, tail in sorted(series)[:3])
        raise InputError(f"{folder} holds several series of pictures ({names}); keep one in it")
    ((head, digits, tail), numbers), *_ = series.items()
    first, last = min(numbers), max(numbers)
    if missing := sorted(set(range(first, last + 1)) - numbers):
        raise InputError(f"{folder} lacks the frames {ranges(missing)}; render those, and encode again")
    escaped = head.replace("%", "%%")
    return f"{escaped}%0{digits}d{tail}", first, len(numbers)


def ranges(numbers: Sequence[int]) -> str:
    """Return whole numbers in short.

    >>> ranges([3, 4, 5, 9])
    '3-5, 9'
    """
    out: list[list[int]] = []
    for number in numbers:
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in out)
