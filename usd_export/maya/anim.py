"""Maya's .anim, as its plug-in animImportExport reads and writes it: curves of a blendShape node.

Every curve begins with `anim ATTRIBUTE LEAF NODE ROW CHILD NUMBER;`. A key is its time in frames of `timeUnit`, its
value, the tangents on its two sides, and three flags: tangents locked, weights locked, breakdown. Ours are linear.

Read are the curves without a unit, as weights are; tangents other than steps are read as lines.

Lost: rotations, channels of bones, the sound, the metadata, and what `key_error` allows. What Maya's names cannot have
becomes "_".
"""

import re
from fractions import Fraction
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
from ..weights import renamed, timed, weights_of
from . import Options

_UNITS: Final = {
    "game": Fraction(15), "film": Fraction(24), "pal": Fraction(25), "ntsc": Fraction(30), "show": Fraction(48),
    "palf": Fraction(50), "ntscf": Fraction(60), "23.976fps": Fraction(24000, 1001), "29.97fps": Fraction(30000, 1001),
    "47.952fps": Fraction(48000, 1001), "59.94fps": Fraction(60000, 1001),
}  # fmt: skip
"""What Maya calls its rates; others are the whole number and "fps"."""
_OTHERS: Final = (
    2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 40, 75, 80, 90, 100, 120, 125, 150, 200, 240, 250, 300, 375, 400, 500, 600, 750,
)  # fmt: skip
_UNITLESS: Final = "unitless"
_CURVE: Final = re.compile(r"^anim +(\S+) +(\S+) +(\S+) [^;]*;\s*animData *\{(.*?)\bkeys *\{([^}]*)\}", re.M | re.S)


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Write the weights of `clip` to `path`; rig and speech are not used.

    Raises InputError if it has no frames or no weights, begins before time 0, or has a rate that Maya has not.
    """
    clip = timed(weights_of(clip, options.note))
    names = {name: re.sub(r"^(?=\d)|\W", "_", name, flags=re.ASCII) for name in clip.channels}
    clip = renamed(clip, names, options.note)
    first = clip.start_s * float(clip.frame_rate)
    lines = [
        "animVersion 1.1;",
        "mayaVersion 2022;",
        f"timeUnit {_unit(clip.frame_rate)};",
        "linearUnit cm;",
        "angularUnit deg;",
        f"startTime {first:.9g};",
        f"endTime {first + len(clip) - 1:.9g};",
    ]
    for curve in curves(clip, options.key_error, options.note):
        lines += [
            f"anim {curve.channel} {curve.channel} {options.maya_node} 0 0 0;",
            "animData {",
            "  input time;",
            f"  output {_UNITLESS};",
            "  weighted 0;",
            "  preInfinity constant;",
            "  postInfinity constant;",
            "  keys {",
            *map("    %.9g %.9g linear linear 1 0 0;".__mod__, zip(first + curve.frames, curve.values, strict=True)),
            "  }",
            "}",
        ]
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def _unit(rate: Fraction) -> str:
    """Return what Maya calls a rate; raises InputError for one that it has not."""
    for name, known in _UNITS.items():
        if known == rate:
            return name
    if rate in _OTHERS:
        return f"{rate}fps"
    raise InputError(f"Maya has no {float(rate):g} frames a second; write it at 24, 29.97, 30, 60 or another of Maya's")


def recognises(content: bytes) -> bool:
    """Return whether a file is of Maya's curves."""
    return content[:4096].lstrip().startswith(b"animVersion")


def read(path: Path) -> Clip:
    """Read the curves without a unit; raises InputError if a file is none of Maya's, or has none."""
    try:
        text = path.read_text("utf-8-sig")
        if not recognises(text[:4096].encode()):
            raise InputError("does not begin with animVersion; export it again from Maya with animImportExport")
        unit = re.search(r"^timeUnit (\S+);", text, re.MULTILINE)
        rate = _rate(unit[1] if unit else "film")
        found: dict[str, Keys] = {}
        for _, leaf, _, about, keys in _CURVE.findall(text):
            if f"output {_UNITLESS};" in about:
                found.setdefault(leaf, _keys(keys, rate))
        return sampled(found, rate)
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; export it again from Maya with animImportExport") from None
    except (ValueError, IndexError) as error:
        said = str(error) if isinstance(error, InputError) else "damaged, no number where one must be; export it again"
        raise InputError(f"{path}: {said}") from None


def _rate(unit: str) -> Fraction:
    if unit in _UNITS:
        return _UNITS[unit]
    if not (number := re.fullmatch(r"(\d{1,4}(?:\.\d{1,6})?)fps", unit)):
        raise InputError(f"has times in '{unit}', which is no frame rate; set one in Maya's preferences")
    return exact(float(number[1]))


def _keys(block: str, rate: Fraction) -> Keys:
    """Return the keys of a curve."""
    rows = [row.split() for row in block.split(";") if row.strip()]
    times = np.array([float(row[0]) for row in rows]) / float(rate)
    values = np.array([float(row[1]) for row in rows])
    if len(rows) < 2 or not any(row[3] == "step" for row in rows):
        return Keys(times, values)
    slopes = np.diff(values) / np.diff(times)
    steps = np.array([row[3] == "step" for row in rows])
    after = np.where(steps, np.inf, np.concatenate([slopes, [0]]))
    return Keys(times, values, (np.concatenate([[0], slopes]), after))
