"""An animation into the client's own USD file: a small layer over it, which leaves every byte of the file as it is.

```
hero_talks.usdc            subLayers = [@./hero.usd@]; the metadata of hero.usd: default prim, unit, up axis, rates
    over Hero/…/Skeleton   skel:animationSource = <line>
        def line           SkelAnimation: the file's own shapes and all joints of the skeleton in its order
```

The layer sublayers the file, and does not reference it: so every prim keeps its path, all that lies beside the default
prim is there, and variants, payloads and references can be chosen as before.

UsdSkel knows one animation for a skeleton, so ours holds what the file's own does beneath it: its joints at its own
times, with the turns of head, jaw and eyes on top, and its weights of shapes that the clip does not move. Skeletons in
instances cannot be told anything; `instanceable = false` makes such an instance a scene of its own.

RealityKit wants all joints of the skeleton in its order.
"""

import errno
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pxr import Ar, Sdf, Tf, Usd, UsdUtils

from audio2blend import wording
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import beside, same_file
from audio2blend.wording import listed
from rigs import Rig
from rigs.readers.usd_quiet import quiet
from rigs.skeleton import motions_of

from . import Options
from .body import OURS
from .bound import Bound, skeletons_of
from .neighbours import missing
from .package import pack, unpack
from .shapes import add_shapes, bare_of
from .speak import moves, speak
from .unbound import bind, unbound
from .value_clips import split

_log = logging.getLogger("audio2blend.usd")  # whoever shows notes listens to this name
_LAYERS_OWN: Final = (
    "subLayers", "subLayerOffsets", "layerRelocates", "customLayerData", "documentation", "comment",
)  # fmt: skip
"""Metadata of a layer that mean itself alone, not those that lie over it."""
START: Final = "time_code"
"""In the customLayerData of ours: the time code at which the recording starts."""
ALONE: Final = "layer"
"""In it, of a layer that names no character, and is to be sublayered by a shot."""


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
    """Write a layer over the file that a rig was read from, with a clip as its animation.

    A .usdz file, and any with `options.flatten`, holds the character too. Raises InputError if the file is gone, has no
    skeleton that drives its shapes, holds nothing that the clip moves, or would be written over; for a clip without
    frames; and for options that exclude each other.
    """
    (clip,) = clips
    if not len(clip):
        raise InputError("the clip holds no frames; a USD file needs at least one")
    whole = target.suffix == ".usdz" or options.flatten
    if whole and (options.layer or options.clip_length):
        raise InputError("one file with the character in it is no layer for a shot and has no clips beside it")
    told: list[str] = []
    with quiet(told):
        below = source if target.suffix != ".usdz" else unpack(source, target.parent / "whole")
        stage = _over(below, clip, place, options)
        _refuse_own(stage, source, place)
        animations = _speak(stage, clip, source, rig, options)
        if target.suffix == ".usdz":
            _pack(stage, source, target, animations, options)
        else:
            _export(stage, target, place, animations, options)
    for note in dict.fromkeys(told):
        _log.warning("%s: %s", source, note)


def _pack(stage: Usd.Stage, source: Path, target: Path, animations: Sequence[Sdf.Path], options: Options) -> None:
    """Write a scene as a package with all that it names."""
    if lost := missing(source):
        _log.warning("%s names files that are not there, and the package lacks them: %s", source, listed(lost))
    scene = target.with_name("speech.usdc")
    _export(stage, scene, scene, animations, options)
    try:
        pack(scene, target, unpacked=target.parent / "whole")
    except Tf.ErrorException as error:
        raise _full() from error


def _write(layer: Sdf.Layer, path: Path) -> None:
    try:
        layer.Export(str(path))
    except Tf.ErrorException as error:
        raise _full() from error


def _full() -> OSError:
    return OSError(errno.EIO, "USD could not write the whole file; the disk may be full")


def _over(source: Path, clip: Clip, place: Path, options: Options) -> Usd.Stage:
    """Return a scene whose root layer lies over a file and has its metadata, and is the clip's where it has none.

    A layer of ours that is to be written again, and that the file sublayers already, does not count.
    """
    try:
        below = Sdf.Layer.FindOrOpen(os.path.abspath(source))  # noqa: PTH100 - a Path would lose ".."
        layer = Sdf.Layer.CreateAnonymous(".usda")
        layer.subLayerPaths.append(below.identifier)
        for key in below.pseudoRoot.ListInfoKeys():
            if key not in _LAYERS_OWN:
                layer.pseudoRoot.SetInfo(key, below.pseudoRoot.GetInfo(key))
        packed = Ar.DefaultResolverContext([os.path.dirname(below.realPath)])  # noqa: PTH120
        stage = Usd.Stage.Open(layer, packed)
        for old in stage.GetUsedLayers() if options.layer else ():
            if same_file(old.realPath or "") == same_file(place) and OURS in old.customLayerData:
                stage.MuteLayer(old.identifier)
    except Tf.ErrorException:
        raise InputError(f"{source}: USD cannot open it; export it again") from None
    rate = float(clip.frame_rate)
    if not (below.HasTimeCodesPerSecond() or below.HasFramesPerSecond()):
        stage.SetTimeCodesPerSecond(rate)
        stage.SetFramesPerSecond(rate)
    about = {"frame_rate": str(clip.frame_rate), "metadata": dict(clip.metadata), START: options.time_code}
    layer.customLayerData = {**below.customLayerData, OURS: about | ({ALONE: True} if options.layer else {})}
    times = time_codes(stage, clip)
    ends = [stage.GetStartTimeCode(), stage.GetEndTimeCode()] if stage.HasAuthoredTimeCodeRange() else []
    stage.SetStartTimeCode(min(times[0], *ends[:1]) if ends else times[0])
    stage.SetEndTimeCode(max(times[-1], *ends[1:]) if ends else times[-1])
    return stage


def time_codes(stage: Usd.Stage, clip: Clip) -> list[float]:
    """Return the time code of every frame at a scene's own rate, from where its layer of ours says on."""
    rate = stage.GetTimeCodesPerSecond()
    step = rate / float(clip.frame_rate)
    first = stage.GetRootLayer().customLayerData.get(OURS, {}).get(START, 0.0) + clip.start_s * rate
    return [first + number * step for number in range(len(clip))]


def _refuse_own(stage: Usd.Stage, source: Path, place: Path) -> None:
    """Raise InputError if what is to be written is part of the character."""
    if same_file(place) in {same_file(layer.realPath) for layer in stage.GetUsedLayers() if layer.realPath}:
        raise InputError(f"{place} is a file of the character {source}, over which the speech lies; name another")


def _speak(stage: Usd.Stage, clip: Clip, source: Path, rig: Rig, options: Options) -> list[Sdf.Path]:
    """Bind an animation to every skeleton that the clip moves, and return them. Raises InputError if there is none."""
    assert rig.asset is not None
    while instances := _instances(stage, clip, rig):
        for path in instances:
            stage.OverridePrim(path).SetInstanceable(False)
            _log.warning("%s: '%s' is no longer an instance, so that it can speak alone", source, path)
    if rig.asset.bare:
        add_shapes(stage, rig)
    if homeless := bind(stage, unbound(stage, _moving(clip, rig))):
        where = listed(map(str, homeless))
        _log.warning("%s: not animated, since USD wants a prim above a mesh with shapes: %s", source, where)
    moved = [bound for bound in skeletons_of(stage) if moves(bound, clip, rig)]
    if not moved:
        cure = wording.current().new_head
        raise InputError(f"{source} has no mesh with shapes and no joint that the clip moves; {cure}")
    if options.layer:
        _warn_weak(moved, source)
    return [speak(stage, bound, clip, rig, time_codes(stage, clip)) for bound in moved]


def _warn_weak(moved: Sequence[Bound], source: Path) -> None:
    """Log where a file binds animations itself, which is stronger than what it sublayers."""
    own = Sdf.Layer.FindOrOpen(os.path.realpath(source))
    above = {path for bound in moved for path in bound.skeleton.GetPath().GetPrefixes()}
    held = [path for path in sorted(above) if own.GetRelationshipAtPath(path.AppendProperty("skel:animationSource"))]
    if held:
        where = listed(map(str, held))
        _log.warning("%s says itself what moves %s; put the line above it, not among its sublayers", source, where)


def _moving(clip: Clip, rig: Rig) -> set[str]:
    """Return the shapes and joints of a rig that a clip moves."""
    return {*motions_of(rig, clip), *(shape for shape in rig.shapes if shape in clip)}


def _instances(stage: Usd.Stage, clip: Clip, rig: Rig) -> list[Sdf.Path]:
    """Return the instances that hide what has to be changed: the outermost first, those within them later."""
    moved = (bound for bound in skeletons_of(stage) if moves(bound, clip, rig))
    touched = [prim for bound in moved for prim in bound.prims]
    touched += [mesh.GetPrim() for mesh in unbound(stage, _moving(clip, rig))]
    if rig.asset is not None and rig.asset.bare:
        touched += [mesh.GetPrim() for mesh, _ in bare_of(stage, rig)]
    hidden = [prim.GetPath() for prim in touched if prim.IsInstanceProxy()]
    above = [next(path for path in hid.GetPrefixes() if stage.GetPrimAtPath(path).IsInstance()) for hid in hidden]
    return list(dict.fromkeys(above))


def _export(stage: Usd.Stage, target: Path, place: Path, animations: Sequence[Sdf.Path], options: Options) -> None:
    """Write a scene to `target`, with every file that it names relative to `place`: over the file, flat, or alone."""
    home = os.path.realpath(place.parent)

    def near(path: str) -> str:
        """Return a path as a file at `place` has it; one that names nothing, or lies on another drive, as it is."""
        file, bracket, inner = path.partition("[")
        if not os.path.isfile(file):
            return path
        with suppress(ValueError):
            folder, name = os.path.split(file)
            file = Path(os.path.relpath(os.path.join(os.path.realpath(folder), name), home)).as_posix()  # noqa: PTH118
            file = file if file.startswith("../") else f"./{file}"
        return file + bracket + inner

    if options.flatten:
        layer = stage.Flatten(addSourceFileComment=False)
        UsdUtils.ModifyAssetPaths(layer, near)
    else:
        layer = Sdf.Layer.CreateAnonymous(".usda")  # whose neighbours need not be found while it has no place
        layer.TransferContent(stage.GetRootLayer())
        layer.subLayerPaths = [] if options.layer else [near(layer.subLayerPaths[0])]
    if options.clip_length > 0:
        length, folder = options.clip_length * stage.GetTimeCodesPerSecond(), f"{place.stem}.clips"
        for name, part in split(layer, animations, length, folder).items():
            (beside(target) / folder).mkdir(exist_ok=True)
            _write(part, beside(target) / folder / name)
    _write(layer, target)
