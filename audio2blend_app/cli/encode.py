"""Encode frames, sound and captions to a film, level its sound, and read it back.

examples:
  audio2blend encode frames -o line.mp4 --fps 24 --sound line.wav
      a folder of pictures as H.264 at -14 LUFS
  audio2blend encode frames -o line.mp4 --profile vertical --sound line.wav --clip line.csv --captions line.srt --burn
      upright for phones, cut around the mouth; captions in the picture, where they cover no lips
  audio2blend encode render.mov -o shot.mp4 --plate filmed.mp4 --at 960,620 --scale 0.5 --match 880,400,160,90 --grain
      a render with alpha over filmed footage
  audio2blend encode frames -o line.mov --profile prores4444 --fps 24 --sound line.wav
      for editing, with alpha

The film is decoded again: frames, times, colours, loudness and, with --clip, the mouth against its curves. What is not
as the profile asks is told, with exit code 1. docs/encode.md lists the profiles and tells how to write one's own.
"""

import argparse
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from audio2blend.errors import InputError
from render_farm.encode import EncodeReport, Plate, names
from render_farm.encode.geometry import parse_box

from .. import encode
from ..character import BUILTIN, Character
from . import rate


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("frames", type=Path, metavar="FRAMES", help="a folder of numbered pictures, or a video")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the film to write")
    parser.add_argument(
        "--profile", default="web", metavar="NAME", help=f"{', '.join(names())}, or a .toml file (default web)"
    )
    rate.configure(parser, "frames per second of a folder of pictures (default: those of the clip)")
    parser.add_argument("--sound", type=Path, metavar="FILE", help="a sound or video file that begins with the frames")
    parser.add_argument("--captions", type=Path, metavar="FILE", help="a .srt or .vtt file")
    parser.add_argument("--burn", action="store_true", help="put the captions into the picture, not on a track")
    parser.add_argument("--language", default="", metavar="TAG", help="of sound and captions, such as en-GB")
    parser.add_argument("--clip", type=Path, metavar="FILE", help="the curves that the frames show: .csv, .json, .npz")
    parser.add_argument("--rig", default=BUILTIN, metavar="RIG", help="who shows them (default: the built-in head)")
    parser.add_argument(
        "--mouth", metavar="X,Y,W,H", help="what the mouth covers, in pixels of the frames (default: found by the clip)"
    )
    parser.add_argument(
        "--premultiplied", action=argparse.BooleanOptionalAction, default=None,
        help="whether colours are multiplied by alpha (default: in OpenEXR alone)",
    )  # fmt: skip
    parser.add_argument("--poster", type=Path, metavar="FILE", help="a .jpg, .png or .webp picture to write as well")
    parser.add_argument("--poster-at", type=float, metavar="S", help="its time in seconds (default: chosen)")
    over = parser.add_argument_group("over filmed footage")
    over.add_argument("--plate", type=Path, metavar="FILE", help="a video or picture, under frames with alpha")
    over.add_argument("--at", metavar="X,Y", help="where the middle of the frames lies on it, in its pixels")
    over.add_argument("--scale", type=float, default=1.0, metavar="N", help="of the frames (default 1)")
    over.add_argument("--match", metavar="X,Y,W,H", help="a part of the plate whose colours the frames take on")
    over.add_argument("--grain", action="store_true", help="give the frames the plate's grain")


def run(args: argparse.Namespace) -> EncodeReport:
    """Encode the film that the arguments ask for."""
    if args.burn and args.captions is None:
        raise InputError("--burn puts captions into the picture; name them with --captions")
    request = encode.EncodeRequest(
        frames=args.frames,
        output=args.output,
        profile=args.profile,
        frame_rate=rate.chosen(args),
        premultiplied=args.premultiplied,
        sound=args.sound,
        captions=args.captions,
        captions_as="burnt" if args.burn else "muxed",
        language=args.language,
        plate=_plate(args),
        mouth=None if args.mouth is None else parse_box(args.mouth),
        clip=args.clip,
        character=Character(args.rig),
        poster=args.poster,
        poster_s=args.poster_at,
    )
    with closing(tqdm(unit="frame", desc=args.output.name, leave=False, disable=None)) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return encode.run(request, progress=progress)


def _plate(args: argparse.Namespace) -> Plate | None:
    if args.plate is None:
        given = [name for name in ("at", "match", "grain") if getattr(args, name)]
        if given or args.scale != 1:
            raise InputError(f"--{(given or ['scale'])[0]} is about a plate; name one with --plate")
        return None
    at = None
    if args.at is not None:
        try:
            across, down = map(float, args.at.split(","))
        except ValueError:
            raise InputError(f"--at '{args.at}' is no place; write two numbers of pixels, as 960,540") from None
        at = across, down
    return Plate(
        path=args.plate,
        at=at,
        scale=args.scale,
        match=None if args.match is None else parse_box(args.match),
        grain=args.grain,
    )
