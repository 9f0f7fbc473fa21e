"""The format .mp4: a rendered preview."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from audio2blend.errors import InputError
from usd_export.format import Format, option

from .settings import Engine


def parse_size(text: str) -> tuple[int, int]:
    """Return the width and height in pixels that a text such as "640x640" names; raises InputError for another.

    >>> parse_size("1280x720")
    (1280, 720)
    """
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()) or not all(16 <= int(n) <= 8192 for n in (width, height)):
        raise InputError(f"'{text}' is no picture size; write it as 640x640, with sides from 16 to 8192")
    return int(width), int(height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the preview looks."""

    engine: Engine = option("workbench", "render engine of an .mp4")
    size: tuple[int, int] = option((640, 640), "size of an .mp4 in pixels", parse=parse_size, metavar="WxH")
    samples: int = option(16, "samples per pixel of an .mp4, for eevee and cycles", metavar="N")
    progress: Callable[[int, int], None] | None = None
    """Called with the number of frames done and in all; may raise to stop."""


MP4: Final = Format(
    suffix=".mp4",
    title="Video",
    purpose="a rendered preview with sound",
    loses="the curves: it shows the face in pictures",
    writer="render_farm.preview:write",
    options=Options,
    needs_blender=True,
    keeps_sound=True,
    frame_rate=Fraction(30),
)
