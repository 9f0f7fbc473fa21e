"""Unity's .anim in text: a clip whose curves move the blend shapes of a SkinnedMeshRenderer.

A curve is bound by `path`, the way from the object with the Animator to the mesh, `classID` 137 for a
SkinnedMeshRenderer, and `attribute`, "blendShape." and the shape's name. Values are percent, times seconds, and
tangents those of the lines between keys. `m_SampleRate` is the clip's rate. The curves stand in `m_FloatCurves`, which
players take, and again in `m_EditorCurves`, which the Animation window shows.

Read are the curves of blend shapes, with tangents of any slope and steps; of several meshes that have a shape, the
first. Weighted tangents are read as plain ones.

Lost: rotations, channels of bones, the sound, the metadata, and what `key_error` allows.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..keyed import Keys, sampled
from ..quoted import quoted, unquoted
from ..rates import exact
from ..reduction import Curve, curves
from ..take import name_of
from ..weights import timed, weights_of
from . import Options

_MARK: Final = "blendShape."
_HEAD: Final = """%YAML 1.1
%TAG !u! tag:unity3d.com,2011:
--- !u!74 &7400000
AnimationClip:
  m_ObjectHideFlags: 0
  m_CorrespondingSourceObject: {{fileID: 0}}
  m_PrefabInstance: {{fileID: 0}}
  m_PrefabAsset: {{fileID: 0}}
  m_Name: {name}
  serializedVersion: 6
  m_Legacy: 0
  m_Compressed: 0
  m_UseHighQualityCurve: 1
  m_RotationCurves: []
  m_CompressedRotationCurves: []
  m_EulerCurves: []
  m_PositionCurves: []
  m_ScaleCurves: []
  m_FloatCurves:
"""
_MIDDLE: Final = """  m_PPtrCurves: []
  m_SampleRate: {rate}
  m_WrapMode: 0
  m_Bounds:
    m_Center: {{x: 0, y: 0, z: 0}}
    m_Extent: {{x: 0, y: 0, z: 0}}
  m_ClipBindingConstant:
    genericBindings: []
    pptrCurveMapping: []
  m_AnimationClipSettings:
    serializedVersion: 2
    m_AdditiveReferencePoseClip: {{fileID: 0}}
    m_AdditiveReferencePoseTime: 0
    m_StartTime: {start}
    m_StopTime: {stop}
    m_OrientationOffsetY: 0
    m_Level: 0
    m_CycleOffset: 0
    m_HasAdditiveReferencePose: 0
    m_LoopTime: 0
    m_LoopBlend: 0
    m_LoopBlendOrientation: 0
    m_LoopBlendPositionY: 0
    m_LoopBlendPositionXZ: 0
    m_KeepOriginalOrientation: 0
    m_KeepOriginalPositionY: 1
    m_KeepOriginalPositionXZ: 0
    m_HeightFromFeet: 0
    m_Mirror: 0
  m_EditorCurves:
"""
_TAIL: Final = """  m_EulerEditorCurves: []
  m_HasGenericRootTransform: 0
  m_HasMotionFloatCurves: 0
  m_Events: []
"""
_KEY: Final = """      - serializedVersion: 3
        time: %.9g
        value: %.9g
        inSlope: %.9g
        outSlope: %.9g
        tangentMode: 69
        weightedMode: 0
        inWeight: 0.33333334
        outWeight: 0.33333334
"""
_NUMBERS: Final = re.compile(r"^ +(?:- )?(time|value|inSlope|outSlope): *(\S+) *$", re.MULTILINE)
_NEXT: Final = re.compile(r"\n(?=  [A-Za-z_])")


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Write the weights of `clip` to `path`; rig and speech are not used.

    Raises InputError if it has no frames or no weights, or begins before time 0.
    """
    clip = timed(weights_of(clip, options.note))
    meshes = [mesh.strip() for mesh in options.mesh_path.split(",")]
    keys = curves(clip, options.key_error, options.note)
    blocks = "".join(_block(curve, clip, mesh) for curve in keys for mesh in meshes)
    rate, first, last = float(clip.frame_rate), clip.times_s[0], clip.times_s[-1]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD.format(name=quoted(name_of(clip))))
        file.write(blocks)
        file.write(_MIDDLE.format(rate=f"{rate:.9g}", start=f"{first:.9g}", stop=f"{last:.9g}"))
        file.write(blocks)
        file.write(_TAIL)


def _block(curve: Curve, clip: Clip, mesh: str) -> str:
    """Return a curve of one mesh."""
    times, values = clip.times_s[curve.frames], 100 * curve.values.astype(np.float64)
    slopes = np.diff(values) / np.diff(times)
    edge = slopes[:1] if len(slopes) else np.zeros(1)
    before, after = np.concatenate([edge, slopes]), np.concatenate([slopes, slopes[-1:] if len(slopes) else edge])
    keys = "".join(
        map(_KEY.__mod__, zip(times.tolist(), values.tolist(), before.tolist(), after.tolist(), strict=True))
    )
    return f"""  - serializedVersion: 2
    curve:
      serializedVersion: 2
      m_Curve:
{keys}      m_PreInfinity: 2
      m_PostInfinity: 2
      m_RotationOrder: 4
    attribute: {quoted(_MARK + curve.channel)}
    path: {quoted(mesh)}
    classID: 137
    script: {{fileID: 0}}
    flags: 16
"""


def recognises(content: bytes) -> bool:
    """Return whether a file is such a clip."""
    return b"AnimationClip:" in content[:4096]


def read(path: Path) -> Clip:
    """Read the curves of blend shapes. Raises InputError if a file is no animation in text, or has none."""
    try:
        text = path.read_text("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(
            f"{path}: not a text file; set Unity's Editor > Asset Serialization to Force Text and save it again"
        ) from None
    start, rate = text.find("\n  m_FloatCurves:"), _field(text, "\n  m_SampleRate:")
    try:
        if start < 0 or not rate:
            raise InputError("holds no m_FloatCurves with an m_SampleRate, so no curves; export it again")
        end = _NEXT.search(text, start + 1)
        found: dict[str, Keys] = {}
        for name, keys in _curves(text[start : end.start() if end else len(text)]):
            found.setdefault(name, keys)
        clip = sampled(found, exact(float(rate)))
    except (ValueError, KeyError, IndexError) as error:
        said = str(error) if isinstance(error, InputError) else "damaged, no number where one must be; export it again"
        raise InputError(f"{path}: {said}") from None
    return clip


def _field(text: str, mark: str) -> str:
    """Return what follows the last such mark on its line; "" without one. Files have hundreds of megabytes."""
    at = text.rfind(mark)
    return text[at + len(mark) : (text.find("\n", at + 1) + 1 or len(text) + 1) - 1].strip() if at >= 0 else ""


def _curves(section: str) -> Iterator[tuple[str, Keys]]:
    """Yield the shapes that curves move, with their keys."""
    for entry in section.split("\n  - ")[1:]:
        if not (name := unquoted(_field(entry, "\n    attribute:"))).startswith(_MARK):
            continue
        numbers: dict[str, list[float]] = {"time": [], "value": [], "inSlope": [], "outSlope": []}
        for kind, number in _NUMBERS.findall(entry):
            numbers[kind].append(float(number))
        values, before, after = (np.array(numbers[kind]) / 100 for kind in ("value", "inSlope", "outSlope"))
        yield name.removeprefix(_MARK), Keys(numbers["time"], values, (before, after))
