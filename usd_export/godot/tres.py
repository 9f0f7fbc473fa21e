"""Godot 4's .tres: an Animation whose tracks move the blend shapes of a MeshInstance3D.

A shape is the property `blend_shapes/NAME` of the mesh; its track is of values, with lines between them. Node paths
begin at the AnimationPlayer's root node: "." is that node itself. `step` is the time of a frame.

Read are such tracks and those of the type "blend_shape", as Godot's importer of glTF makes them; the transitions that
bend a line are not.

Lost: rotations, channels of bones, the sound, the metadata, and what `key_error` allows. A colon in a name ends it for
Godot and becomes "_".
"""

import json
import re
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..keyed import Keys, sampled
from ..rates import exact
from ..reduction import curves
from ..take import name_of
from ..unity import Options
from ..weights import renamed, timed, weights_of

_SHAPES: Final = "blend_shapes/"
_TRACK: Final = re.compile(r"^tracks/(\d+)/(type|path|interp|keys) = (.*?)(?=^tracks/|^[a-z_]+ = |^\[|\Z)", re.M | re.S)
_ARRAY: Final = re.compile(r"PackedFloat(?:32|64)Array\(([^)]*)\)|\[([^\]]*)\]")


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Write the weights of `clip` to `path`; rig and speech are not used.

    Raises InputError if it has no frames or no weights, or begins before time 0.
    """
    clip = timed(weights_of(clip, options.note))
    clip = renamed(clip, {name: name.replace(":", "_") for name in clip.channels}, options.note)
    nodes = [node.strip() or "." for node in options.mesh_path.split(",")]
    step = float(1 / clip.frame_rate)
    lines = [
        '[gd_resource type="Animation" format=3]\n',
        "[resource]",
        f"resource_name = {_text(name_of(clip))}",
        f"length = {max(float(clip.times_s[-1]), step)!r}",
        f"step = {step!r}",
    ]
    tracks = [(node, curve) for curve in curves(clip, options.key_error, options.note) for node in nodes]
    for number, (node, curve) in enumerate(tracks):
        times = ", ".join(map("%.9g".__mod__, clip.times_s[curve.frames].tolist()))
        lines += [
            f'tracks/{number}/type = "value"',
            f"tracks/{number}/imported = false",
            f"tracks/{number}/enabled = true",
            f"tracks/{number}/path = NodePath({_text(f'{node}:{_SHAPES}{curve.channel}')})",
            f"tracks/{number}/interp = 1",
            f"tracks/{number}/loop_wrap = false",
            f"tracks/{number}/keys = {{",
            f'"times": PackedFloat32Array({times}),',
            f'"transitions": PackedFloat32Array({", ".join(["1"] * len(curve.frames))}),',
            '"update": 0,',
            f'"values": [{", ".join(map(str, curve.values))}]',
            "}",
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read(path: Path) -> Clip:
    """Read the tracks of blend shapes. Raises InputError if a file is no animation of Godot's, or has none."""
    try:
        text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; save the animation as .tres") from None
    try:
        if not re.match(r'\[gd_resource [^\]]*type="Animation"', text):
            raise InputError("holds no animation of Godot's; save the Animation itself as .tres")
        step = re.search(r"^step = (\S+)", text, re.MULTILINE)
        rate = exact(1 / float(step[1])) if step and float(step[1]) > 0 else exact(30.0)
        parts: dict[str, dict[str, str]] = {}
        for number, field, content in _TRACK.findall(text):
            parts.setdefault(number, {})[field] = content.strip()
        found: dict[str, Keys] = {}
        for part in parts.values():
            kind, place = json.loads(part["type"]), re.fullmatch(r'\^?NodePath\((".*")\)', part["path"], re.DOTALL)
            name = json.loads(place[1]).partition(":")[2] if place else ""
            if kind == "blend_shape" or (kind == "value" and name.startswith(_SHAPES)):
                found.setdefault(name.removeprefix(_SHAPES), _keys(part, kind))
        return sampled(found, rate)
    except (ValueError, KeyError, IndexError) as error:
        said = str(error) if isinstance(error, InputError) else "damaged, or no animation; save it again"
        raise InputError(f"{path}: {said}") from None


def _keys(part: dict[str, str], kind: str) -> Keys:
    """Return the keys of a track."""
    rows = [
        np.array([float(number) for number in (packed or plain).split(",") if number.strip()])
        for packed, plain in _ARRAY.findall(part["keys"])
    ]
    if kind == "blend_shape":
        times, _, values = rows[0].reshape(-1, 3).T
    else:
        times, values = rows[0], rows[-1]
    if part.get("interp") == "0" or '"update": 1' in part["keys"]:
        held = np.full(len(times), np.inf)
        return Keys(times, values, (held, held))
    return Keys(times, values)
