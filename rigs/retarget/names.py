"""`match`: the map onto a rig, found by the names of its shapes and bones."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.wording import listed

from .mix import MIXED
from .presets import Preset, presets
from .retarget import BONE_CHANNEL, Retarget, Target
from .spelling import SIDES, Spelling, key, readings

_COMMON_AFFIX: Final = 3
"""So many names must share what stands before or after those that are known, such as "blendShape1."."""
_MOUTH: Final = ("jaw", "mouth", "tongue")
_FALLBACKS: Final = Path(__file__).with_name("fallbacks.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How much of a preset a rig has."""

    title: str
    """Such as "Oculus visemes"."""
    known: tuple[str, ...]
    """Targets of the preset that the rig has, itself or by a stand-in."""
    absent: tuple[str, ...]
    """Those that it has not."""

    def __str__(self) -> str:
        """Return "ARKit: 51 of 52, missing tongueOut"."""
        absent = f", missing {listed(self.absent, most=4)}" if 0 < len(self.absent) < len(self.known) else ""
        return f"{self.title}: {len(self.known)} of {len(self.known) + len(self.absent)}{absent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A map for a rig, and how well it fits."""

    retarget: Retarget
    """Every target has a name of the rig's own."""
    found: tuple[Found, ...]
    """The presets that gave targets, the one that shows the most, or alone opens the mouth, first."""
    shown: tuple[str, ...]
    """ARKit channels that the rig has shapes, poses or bones for."""
    fallbacks: Mapping[str, str]
    """What is done for a channel that it has no shape for: "jawOpen - 1" by "mouthClose"."""
    missing: tuple[str, ...]
    """ARKit channels that are lost."""
    resting: tuple[str, ...]
    """Names of the rig that are known and left at rest, since others show the same."""
    unknown: tuple[str, ...]
    """Names of the rig's shapes that no preset knows."""
    still: tuple[str, ...] = ()
    """Names of the rig's shapes that count as absent, since they move nothing."""

    @property
    def opens_mouth(self) -> bool:
        """Whether a shape, pose or bone opens the mouth, if only by another one's help."""
        return "jawOpen" in self.shown or "jawOpen" in self.fallbacks

    @property
    def score(self) -> float:
        """How much of ARKit's 52 channels arrives, 0 to 1; a fallback counts half."""
        return (len(self.shown) + len(self.fallbacks) / 2) / len(ARKIT)

    def __str__(self) -> str:
        """Return the match in words, one fact a line."""
        names = len({target.name for target in self.retarget.targets if target.kind != "bone"})
        total = names + len(self.resting) + len(self.unknown)
        if not self.retarget.targets:
            return f"none of {total} names is known; draw up a map by hand or match by shape"
        lines = [str(found) for found in self.found]
        if total:
            lines.append(f"{names} of {total} names used")
        if self.still:
            lines.append(f"absent, since they move nothing: {listed(self.still, most=4)}")
        if self.unknown:
            lines.append(f"not known: {listed(self.unknown, most=4)}")
        if self.resting:
            lines.append(f"at rest, since others show the same: {listed(self.resting, most=4)}")
        if bones := {_bone(target): None for target in self.retarget.targets if target.kind == "bone"}:
            lines.append(f"bones: {', '.join(bones)}")
        for cure in dict.fromkeys(self.fallbacks.values()):
            lines.append(f"no {', '.join(name for name, other in self.fallbacks.items() if other == cure)}: {cure}")
        if self.missing:
            lines.append(f"lost: {listed(self.missing, most=4)}")
        return "\n".join(lines)


def match(names: Iterable[str], bones: Iterable[str] = (), *, name: str = "rig", still: Iterable[str] = ()) -> Match:
    """Return the map onto a rig whose shapes and bones have these names.

    Every preset that is recognised gives those targets that show something new, the one that shows the most first:
    a rig with ARKit's shapes and visemes is driven by ARKit's and its visemes rest, unless visemes alone open its
    mouth. What is left follows the fallbacks of `fallbacks.toml`. `name` is what the map is called. Shapes that are
    `still`, which move nothing, count as absent, unless they stand for the face at rest.

    >>> print(match(["jaw_open", "Blink.L", "Blink.R", "HairLong"]))
    Common names: 2 of 10
    ARKit: 1 of 52
    3 of 4 names used
    not known: HairLong
    no eyeSquintLeft: eyeBlinkLeft × 0.25
    no eyeSquintRight: eyeBlinkRight × 0.25
    no mouthClose: jawOpen × -1
    no mouthFunnel: jawOpen × 0.3
    no mouthRollLower: jawOpen × -0.1
    no mouthLowerDownLeft, mouthLowerDownRight: jawOpen × 0.07
    no mouthUpperUpLeft, mouthUpperUpRight: jawOpen × 0.05
    lost: eyeLookDownLeft, eyeLookInLeft, eyeLookOutLeft and 37 more
    """
    names, bones, still = tuple(dict.fromkeys(names)), tuple(dict.fromkeys(bones)), frozenset(still)
    candidates = [(preset, _moving(preset, _recognised(preset, names), still)) for preset in presets()]
    candidates = [(preset, rows) for preset, rows in candidates if rows]
    chosen, found = _chosen(candidates, bones)
    shown = _shown(chosen)
    skeleton = _skeleton(bones, shown)
    shown |= _shown(skeleton)
    targets, fallbacks = _with_fallbacks([*chosen, *skeleton], shown)
    known = {rig for _, rows in candidates for rig in rows}
    taken = {target.name for target in chosen}
    return Match(
        retarget=Retarget(name=name, targets=tuple(targets)),
        found=found,
        shown=tuple(channel for channel in ARKIT if channel in shown),
        fallbacks=fallbacks,
        missing=tuple(channel for channel in ARKIT if channel not in shown and channel not in fallbacks),
        resting=tuple(rig for rig in names if rig in known and rig not in taken),
        unknown=tuple(rig for rig in names if rig not in known and rig not in still),
        still=tuple(rig for rig in names if rig not in known and rig in still),
    )


def to_arkit(clip: Clip) -> Clip:
    """Return a clip that was recorded in other names, such as a rig's or another program's, in ARKit's channels.

    Channels of bones, such as "jaw.rotation.x", fill in what no shape does.

    Raises InputError if the names are not known.
    """
    moved = {name: bone["bone"] for name in clip.channels if (bone := BONE_CHANNEL.fullmatch(name))}
    found = match([name for name in clip.channels if name not in moved], moved.values())
    if not found.retarget.targets:
        few = listed(clip.channels, most=4)
        raise InputError(f"none of the clip's channels is known: {few}; record it in ARKit's names, such as jawOpen")
    return found.retarget.inverse()(clip)


def _chosen(
    candidates: Sequence[tuple[Preset, Mapping[str, str]]], bones: Sequence[str]
) -> tuple[list[Target], tuple[Found, ...]]:
    """Return targets of which none shows what another preset's shows already, and what the rig has of each preset."""
    blocks = [(preset, rows, block) for preset, rows in candidates for block in _blocks(_rows(preset, rows))]
    poses_speak = "jawOpen" not in _shown(_skeleton(bones, set())) and not any(
        "jawOpen" in _shown([target]) for _, _, block in blocks for target in block if target.kind == "shape"
    )

    def rank(block: tuple[Preset, Mapping[str, str], list[Target]]) -> tuple[bool, int, int]:
        opens = poses_speak and "jawOpen" in _shown(block[2])
        return (not opens, -len(_shown(block[2])), -len(block[1]))

    blocks.sort(key=rank)  # stable: then by the files' names
    taken: dict[str, Target] = {}
    used: dict[str, tuple[Preset, set[str]]] = {}
    for preset, rows, block in blocks:
        before = _shown(taken.values())
        fresh = [target for target in block if target.name not in taken]
        poses = [target for target in fresh if target.kind == "pose"]
        if _shown(poses) & before:
            poses = []  # a viseme more or less and the others no longer fit
        new = poses + [target for target in fresh if target.kind == "shape" and not _shown([target]) & before]
        if new:
            _, have = used.setdefault(preset.stem, (preset, set()))
            have |= {rows[target.name] for target in new}
            taken |= {target.name: target for target in [*new, *_bones(preset, bones)]}
    return list(taken.values()), tuple(_tally(preset, have) for preset, have in used.values())


def _recognised(preset: Preset, names: Sequence[str]) -> dict[str, str]:
    """Return the preset's target for each name of a rig that is one of its, or nothing if they are too few."""
    hits = {name: [reading for reading in readings(name) if reading.key in preset.keys] for name in names}
    prefixes = Counter(prefix for found in hits.values() for prefix in {reading.prefix for reading in found})
    suffixes = Counter(suffix for found in hits.values() for suffix in {reading.suffix for reading in found})
    every = [reading for found in hits.values() for reading in found]
    plain = {reading.key for reading in every if not reading.leaves_side}
    meshes = {reading.prefix for reading in every if reading.leaves_side and reading.key.endswith(tuple(SIDES))}

    def usual(reading: Spelling) -> bool:
        if reading.leaves_side and not (reading.prefix in meshes and reading.key in plain):
            return False  # it is the side of the shape, and not of a mesh that repeats what another has
        return all(
            not affix or counts[affix] >= _COMMON_AFFIX
            for affix, counts in ((reading.prefix, prefixes), (reading.suffix, suffixes))
        )

    for found in hits.values():
        found.sort(key=lambda reading: not reading.leaves_side)  # where that is usual, the whole mesh is called so
    rows = {name: preset.keys[best.key] for name, found in hits.items() if (best := next(filter(usual, found), None))}
    return rows if len(set(rows.values())) >= preset.needs else {}


def _moving(preset: Preset, rows: Mapping[str, str], still: Set[str]) -> dict[str, str]:
    """Return the rows of names without those that are still, but for a face at rest; nothing if all are."""
    at_rest = {target.name for target in preset.retarget.targets if not target.sources}
    moving = {name: target for name, target in rows.items() if name not in still}
    return {name: target for name, target in rows.items() if name in moving or target in at_rest} if moving else {}


def _rows(preset: Preset, rows: Mapping[str, str]) -> list[Target]:
    """Return the preset's targets under the rig's names, without stand-ins that are not needed."""
    targets = {target.name: target for target in preset.retarget.targets}
    have = set(rows.values())
    return [
        replace(targets[target], name=rig)
        for rig, target in rows.items()
        if target in targets and not have & set(preset.unless.get(target, ()))
    ]


def _skeleton(bones: Sequence[str], shown: Set[str]) -> list[Target]:
    """Return the targets of bones that move what no shape shows: a jaw whose opening is a shape would open twice."""
    targets: dict[str, Target] = {}
    for preset in presets():
        if all(target.kind == "bone" for target in preset.retarget.targets):
            moved: dict[str, list[Target]] = {}
            for target in _bones(preset, bones):
                moved.setdefault(_bone(target), []).append(target)
            if len(moved) >= preset.needs:
                fresh = [target for motion in moved.values() if not _shown(motion) & shown for target in motion]
                targets |= {target.name: target for target in fresh}
    return list(targets.values())


def _blocks(targets: Sequence[Target]) -> list[list[Target]]:
    """Return the targets that move the mouth, and the others: visemes may speak for a face whose eyes are ARKit's."""
    mouth = [
        target
        for target in targets
        if target.kind == "pose" or any(source.startswith(_MOUTH) for source in target.sources)
    ]
    return [block for block in (mouth, [target for target in targets if target not in mouth]) if block]


def _bones(preset: Preset, bones: Sequence[str]) -> list[Target]:
    """Return the preset's targets for those of its bones that the rig has, under the rig's names."""
    by_key = {_bone_key(bone): bone for bone in reversed(bones)}
    targets = []
    for target in preset.retarget.targets:
        if target.kind == "bone":
            spellings = preset.spellings[_bone(target)]
            spelled = [by_key[_bone_key(name)] for name in spellings if _bone_key(name) in by_key]
            targets += [replace(target, name=target.name.replace(_bone(target), bone, 1)) for bone in spelled[:1]]
    return targets


def _bone_key(name: str) -> str:
    """Return the key of a bone: unlike a shape's it keeps the number, which distinguishes the bones of a lid."""
    return key(name) + "".join(re.findall(r"\.\d{3}$", name))


def _bone(target: Target) -> str:
    return target.name.rsplit(".", 2)[0]


def _tally(preset: Preset, have: set[str]) -> Found:
    """Return which targets of the preset are among those that the rig has, stand-ins counting for what they replace."""
    have = have | {replaced for stand_in in have for replaced in preset.unless.get(stand_in, ())}
    names = [target.name for target in preset.retarget.targets if target.kind != "bone"]
    wanted = [name for name in names if name not in preset.unless]
    return Found(
        title=preset.retarget.name,
        known=tuple(name for name in wanted if name in have),
        absent=tuple(name for name in wanted if name not in have),
    )


def _shown(targets: Iterable[Target]) -> set[str]:
    """Return the channels that targets show."""
    targets = list(targets)
    shown = {
        source
        for target in targets
        for source, gain in target.sources.items()
        if gain > 0 or (gain and target.bounds[0] < 0)  # what goes both ways shows both
    }
    return shown | {"mouthClose"} if any(target.kind == "pose" for target in targets) else shown


@cache
def _alternatives() -> Mapping[str, list[dict[str, float]]]:
    """Return what may stand in for each channel, the best first."""
    return tomllib.loads(_FALLBACKS.read_text(encoding="utf-8"))


def _with_fallbacks(targets: list[Target], shown: set[str]) -> tuple[list[Target], dict[str, str]]:
    """Return the targets with what they do for channels that none shows, and that in words by channel."""
    done = {}
    mixed = any(target.kind == "pose" for target in targets)
    direct = {source for target in targets if target.kind != "pose" for source, gain in target.sources.items() if gain}
    extra: dict[str, dict[str, float]] = {}
    for channel in ARKIT:
        if channel in shown:
            continue
        if channel in direct:  # a shape yields to it already
            done[channel] = "taken off others"
        elif mixed and channel in MIXED:
            done[channel] = "mixed from the poses"
        else:
            for option in _alternatives().get(channel, []):
                if option.keys() <= shown & direct:
                    done[channel] = ", ".join(f"{other} × {gain:g}" for other, gain in option.items())
                    extra[channel] = option
                    break
    changed = []
    for target in targets:
        gains = dict(target.sources)
        if target.kind != "pose":
            for channel, option in extra.items():
                added = sum(target.sources.get(other, 0.0) * gain for other, gain in option.items())
                if added:
                    gains[channel] = added
        changed.append(replace(target, sources=gains))
    return changed, done
