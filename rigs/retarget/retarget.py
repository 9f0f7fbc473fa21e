"""`Retarget`: how the channels of a clip become a rig's own channels."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import CHANNELS, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError

from ..motion import BONE_CHANNEL as BONE_CHANNEL
from .mix import MIXED, mix

Kind = Literal["shape", "pose", "bone"]
KINDS: Final[tuple[Kind, ...]] = ("shape", "pose", "bone")

_INFINITE: Final = (-np.inf, np.inf)
_ALIKE: Final = 0.9
"""On the way back sources count alike if their gains are at least so much of the strongest one's."""
_EITHER: Final = 0.5
"""Of what moves a shape one way and the other, the weaker way counts if it is at least so strong as the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One channel of the rig, and what drives it.

    >>> Target(name="Mouth_Open", sources={"jawOpen": 0.8, "mouthClose": -0.8}).bounds
    (0.0, 1.0)
    """

    name: str
    """The rig's own name of the shape, or the channel of a bone such as "jaw.rotation.x"."""
    kind: Kind = "shape"
    """A "shape" weighs the sum of its sources, each times its gain, plus the offset. A "bone" does the same in degrees
    or metres. A "pose" is described by what it looks like: its sources are the weights at which our face looks as the
    rig does when this shape alone is 1, and every frame is the mix of poses that comes nearest (see `mix`)."""
    sources: Mapping[str, float] = field(default_factory=dict)
    """Gain by source channel; for a pose, weight by source channel."""
    offset: float = 0.0
    """What is added at the end."""
    limits: tuple[float, float] | None = None
    """What the result is held between; None is (0, 1), and for a bone anything."""
    comment: str = ""
    """One line for people."""

    def __post_init__(self) -> None:
        if self.kind == "bone" and not BONE_CHANNEL.fullmatch(self.name):
            raise ValueError(f"'{self.name}' is no channel of a bone; it must look like 'jaw.rotation.x'")
        if self.limits is not None:
            low, high = map(float, self.limits)
            if not low <= high:
                raise ValueError(f"the limits of '{self.name}' are not in order: {low} to {high}")
            object.__setattr__(self, "limits", (low, high))
        gains = {source: float(gain) for source, gain in self.sources.items()}
        if not np.isfinite([*gains.values(), self.offset]).all():
            raise ValueError(f"a gain or the offset of '{self.name}' is not finite")
        printable = "".join(letter if letter.isprintable() else " " for letter in self.comment)
        object.__setattr__(self, "sources", gains)
        object.__setattr__(self, "offset", float(self.offset))
        object.__setattr__(self, "comment", " ".join(printable.split()))

    @property
    def bounds(self) -> tuple[float, float]:
        """What the result is held between, whether given or not."""
        return self.limits or (_INFINITE if self.kind == "bone" else (0.0, 1.0))

    @property
    def at_rest(self) -> bool:
        """Whether nothing moves it: a shape or bone without sources and offset."""
        return self.kind != "pose" and not self.sources and not self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Retarget:
    """How source channels become a rig's channels; `retarget(clip)` applies it, `write` and `read` keep it as TOML.

    >>> from fractions import Fraction
    >>> split = Retarget(name="split", targets=tuple(
    ...     Target(name=name, sources={"browInnerUp": 1}) for name in ("browInnerUp_L", "browInnerUp_R")))
    >>> clip = Clip(values=[[0.5]], channels=("browInnerUp",), frame_rate=Fraction(60))
    >>> split(clip).channels, split(clip).values.tolist(), split.inverse()(split(clip)).values.tolist()
    (('browInnerUp_L', 'browInnerUp_R'), [[0.5, 0.5]], [[0.5]])
    """

    name: str
    """What the map is for."""
    targets: tuple[Target, ...]
    """Shapes, then poses, then bones; no two of one name."""
    mirror: bool = False
    """Whether left and right are swapped."""
    solve: bool = False
    """Whether weights are held, frame by frame, to what the rig's own mesh can do (see `solve`)."""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.targets, key=lambda target: KINDS.index(target.kind)))
        object.__setattr__(self, "targets", ordered)
        names = [target.name for target in ordered]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two targets are called '{twice[0]}'")

    @property
    def sources(self) -> tuple[str, ...]:
        """Every channel that the map takes once: those that targets name and, if there are poses, what mixing sees."""
        named = [source for target in self.targets for source in target.sources]
        mixing = any(target.kind == "pose" for target in self.targets)
        return tuple(dict.fromkeys([*named, *(MIXED if mixing else ())]))

    def __call__(self, clip: Clip, hold: "Hold | None" = None) -> Clip:
        """Return `clip` in the rig's own channels; of what the rig has, targets at rest are left out.

        A source that the clip lacks counts as 0. Rotations of head and eyes that drive nothing stay as they are.
        `hold` turns the weights that are wished for into those that the rig's mesh allows.
        Raises InputError if the clip has none of the sources.
        """
        sources = self.sources
        if self.mirror:
            swapped = [mirrored(name) for name in clip.channels]
            signs = np.array([sign for _, sign in swapped], np.float32)
            clip = replace(clip, values=clip.values * signs, channels=tuple(name for name, _ in swapped))
        if sources and not set(sources) & set(clip.channels):
            cure = "use a clip of ARKit channels" if {*sources} <= {*CHANNELS} else "use a clip of that rig's channels"
            raise InputError(
                f"the clip has none of the channels that the map '{self.name}' takes, such as {sources[0]}; {cure}"
            )
        values = clip.select(sources).values
        moved = [target for target in self.targets if not target.at_rest]
        taken = {*sources, *(target.name for target in moved)}
        kept = [name for name in clip.channels if name in ROTATIONS and name not in taken]
        driven = self._driven(values, moved)
        if hold is not None:
            driven = hold(moved, driven, clip)
        low, high = np.array([target.bounds for target in moved], np.float32).reshape(-1, 2).T
        columns = [np.clip(driven, low, high), clip.select(kept).values]
        channels = (*(target.name for target in moved), *kept)
        return replace(clip, values=np.hstack(columns), channels=channels)

    def _driven(self, values: NDArray[np.float32], moved: list[Target]) -> NDArray[np.float32]:
        """Return the values of `moved` without limits, shape (n_frames, len(moved)), for those of the sources."""
        at = {source: column for column, source in enumerate(self.sources)}
        matrix = np.zeros((len(moved), len(at)), np.float32)
        for row, target in enumerate(moved):
            for source, gain in target.sources.items():
                matrix[row, at[source]] = gain
        result = values @ matrix.T
        poses = [row for row, target in enumerate(moved) if target.kind == "pose"]
        if poses:
            result[:, poses] = mix(values, matrix[poses], self.sources)
        result += np.array([target.offset for target in moved], np.float32)
        return result

    def inverse(self) -> "Retarget":
        """Return the way back: from a clip in the rig's channels to one in the sources.

        A source is the mean of the shapes that show it more than any other source, each divided by its gain. Sources
        that drive a shape alike, such as both eyes', count alike. What goes both ways, such as a bone, shows the
        source that moves it below 0 too, if no shape shows that. Poses add the weights they look like. What nothing
        shows cannot be known and is absent. Exact where every source has a shape of its own, or one on each side.
        """
        back: dict[str, dict[str, float]] = {}
        for target in self.targets:
            for source, gain in (target.sources if target.kind == "pose" else _told(target, 1)).items():
                if gain:
                    back.setdefault(source, {})[target.name] = gain
        above = set(back)
        for target in self.targets:
            if target.kind != "pose" and target.bounds[0] < 0:
                for source, gain in _told(target, -1).items():
                    if source not in above:
                        back.setdefault(source, {})[target.name] = gain
        if self.mirror:  # rotations that drive nothing were swapped too
            back |= {channel: {channel: 1.0} for channel in ROTATIONS if channel not in back}
        offsets = {target.name: target.offset for target in self.targets}
        poses = {target.name for target in self.targets if target.kind == "pose"}
        targets = []
        for source, gains in back.items():
            name, sign = mirrored(source) if self.mirror else (source, 1.0)
            n_shapes = len(gains.keys() - poses) or 1
            gains = {shape: sign * gain / (1 if shape in poses else n_shapes) for shape, gain in gains.items()}
            offset = -sum(gain * offsets.get(shape, 0.0) for shape, gain in gains.items())
            limits = _INFINITE if source in ROTATIONS else None
            targets.append(Target(name=name, sources=gains, offset=offset, limits=limits))
        return Retarget(name=f"{self.name}, back", targets=tuple(targets))


def _told(target: Target, way: int) -> dict[str, float]:
    """Return what a shape or bone above 0 (1) or below (-1) says of the sources that move it there most.

    By source: how much of it there is where the target is 1.
    """
    most = max((way * gain for gain in target.sources.values()), default=0.0)
    if most <= 0 or most < _EITHER * max(map(abs, target.sources.values())):
        return {}
    alike = {source: gain for source, gain in target.sources.items() if way * gain >= _ALIKE * most}
    return dict.fromkeys(alike, 1 / sum(alike.values()))


Hold = Callable[[Sequence[Target], NDArray[np.float32], Clip], NDArray[np.float32]]
"""Given targets, their values (n_frames, n_targets) and the clip of sources, returns the values that may be."""


def mirrored(channel: str) -> tuple[str, float]:
    """Return what a channel becomes when left and right are swapped: its name and its sign.

    >>> mirrored("mouthSmileLeft"), mirrored("leftEyeYaw"), mirrored("headPitch")
    (('mouthSmileRight', 1.0), ('rightEyeYaw', -1.0), ('headPitch', 1.0))
    """
    swap = {"Left": "Right", "Right": "Left", "left": "right", "right": "left"}
    sign = -1.0 if channel in ROTATIONS and channel.endswith(("Yaw", "Roll")) else 1.0
    return re.sub("[Ll]eft|[Rr]ight", lambda found: swap[found.group()], channel), sign
