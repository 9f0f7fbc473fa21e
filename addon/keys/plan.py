"""From what the network said to keys in an Action: what is to be done, the arithmetic, and the writing in slices."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.edits import Edits
from audio2blend.errors import InputError
from audio2blend.keys import held
from audio2blend.post import Controls, least_opening
from audio2blend.prediction import Prediction
from rigs.retarget import Retarget
from rigs.retarget.solver import Solver

from ..client.threads import in_thread
from ..scene import character
from ..state.properties import emotion_of
from . import actions
from .actions import bag_for, slot_for
from .targets import Curve, Target, targets
from .timing import Timing
from .write import Keyed, fingerprint, keyed, stepped, write

_STILL: Final = 0.005
"""A shape that is never farther than this from rest does not move; a bone that never turns by so many degrees."""


class TakeKeys(NamedTuple):
    """All keys of a take."""

    positions: NDArray[np.float64]
    """Shape (n_frames,): where the frames of the scene lie in the Action."""
    curves: tuple[tuple[Target, tuple[Keyed, ...]], ...]
    """Those of each data-block."""
    activity: NDArray[np.float32]
    """Shape (n_frames,): how much the face is to move."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a speaker's motion becomes keys; made from the scene, and used without looking at it again."""

    targets: tuple[Target, ...]
    retarget: Retarget
    solver: Solver | None
    """What holds the weights to what the character's mesh allows, where the map asks for it."""
    motion: Controls
    performance: bool
    mouth_only: bool
    timing: Timing
    tolerance: float | None
    """How far reduced keys may be from the motion; None for a key on every frame."""
    step: int
    """For how many frames each pose is held; 1 where all move smoothly."""
    edits: Edits | None = None
    """What an artist did to the keys, to be done again on top."""

    @classmethod
    def of(cls, speaker: Any, controls: Any, timing: Timing) -> Self:
        """Return the plan for a speaker, with the controls of a take or of the speaker's own.

        Raises InputError, with the cure, if there is nothing that could take the keys.
        """
        if reason := character.why_not(speaker):
            raise InputError(reason)
        retarget = character.retarget(speaker)
        names = ("strength", "jaw", "lips", "smooth_ms", "lead_ms", "blinks", "gaze", "head", "brows")
        return cls(
            targets=targets(character.of(speaker), retarget),
            retarget=retarget,
            solver=character.solver(speaker),
            motion=Controls(
                emotion=emotion_of(controls), **{name: round(getattr(controls, name), 4) for name in names}
            ),
            performance=controls.performance,
            mouth_only=controls.mouth_only,
            timing=timing,
            tolerance=speaker.tolerance if speaker.keys == "REDUCED" else None,
            step=speaker.step if speaker.keys == "STEPPED" else 1,
            edits=Edits.read(Path(path)) if (path := getattr(controls, "edits_path", "")) else None,
        )

    def keys(self, raw: Prediction) -> TakeKeys:
        """Return the keys for what the network said; needs no Blender, so that a thread can do it.

        What does not move in this recording gets none, so that a take lies over no more than it has to.
        """
        raw = raw.only(performance=self.performance, mouth_only=self.mouth_only)
        arkit = raw.to_clip(self.motion)
        clip = self._edited(self.timing.sampled(self.retarget(arkit, self.solver)))
        if self.step > 1:
            clip = held(clip, least_opening(self.timing.sampled(arkit)), self.step)
        clip = clip.select([name for name in clip.channels if name in self._moving(raw, clip)])
        positions = self.timing.positions(len(clip))
        curves = []
        activity = np.zeros(len(clip), np.float32)
        for target in self.targets:
            moving = list(target.curves(clip))
            activity += sum((np.abs(curve.values - curve.values[0]) for curve in moving), np.float32(0))
            curves.append((target, tuple(self._keyed(curve, positions) for curve in moving)))
        return TakeKeys(positions, tuple(curves), activity)

    def _edited(self, clip: Clip) -> Clip:
        if self.edits is None:
            return clip
        own = tuple(edit for edit in self.edits.edits if edit.channel in clip.channels)  # maps change meanwhile
        return Edits(edits=own, of=self.edits.of).applied(clip)

    def _moving(self, raw: Prediction, clip: Clip) -> set[str]:
        """Return the channels of the character that this recording moves, by its dials or with all dials at rest.

        The second keeps a shape that a dial stills, so that it stays still and no curve comes and goes.
        """
        sources = raw.moving(_STILL)
        asked = {target.name for target in self.retarget.targets if sources & target.sources.keys()}
        return {name for name in clip.channels if name in asked or np.abs(clip[name]).max(initial=0) > _STILL}

    def _keyed(self, curve: Curve, positions: NDArray[np.float64]) -> Keyed:
        if self.step > 1:
            return stepped(*curve, positions, self.step)
        return keyed(*curve, positions, self.tolerance)


def worked_out(intended: Plan, clip: Path) -> Generator[None, None, TakeKeys]:
    """Return the keys for what the network said, from its file, in a thread; yields until they are there."""
    return in_thread(lambda: intended.keys(Prediction.read(clip)))


def write_all(name: str, uid: int, keys: TakeKeys) -> Iterator[tuple[int, int]]:
    """Write all keys into an Action of ours, a curve at a time; yield how far it is.

    Then it notes what the Action holds, a curve at a time as well. The Action is looked up again each time, since the
    user goes on in between. Raises InputError if it is gone.
    """
    total = 2 * sum(len(curves) for _, curves in keys.curves)
    done = 0
    for target, curves in keys.curves:
        for curve in curves:
            action = found(name, uid)
            write(bag_for(action, slot_for(action, target)), curve)
            done += 1
            yield done, total
        action = found(name, uid)
        bag = bag_for(action, slot_for(action, target))
        kept = {(curve.path, curve.axis) for curve in curves}
        for curve in list(bag.fcurves):
            if (curve.data_path, curve.array_index) not in kept:
                bag.fcurves.remove(curve)
    number = 0
    for index in range(len(_curves(found(name, uid)))):
        number = fingerprint(_curves(found(name, uid))[index], number)
        yield min(done + index, total), total
    actions.remember(found(name, uid), number)


def show(action: Any, keys: TakeKeys) -> None:
    """Let an Action that has all its keys play."""
    for target, _ in keys.curves:
        actions.show(action, target, float(keys.positions[0]), float(keys.positions[-1]))


def why_edited(action: Any) -> str:
    """Return that somebody has edited the keys of an Action of ours, so that they are not ours to change; or ""."""
    if actions.remembered(action) in (actions.UNFINISHED, state(action)):
        return ""
    return f"the keys of '{action.name}' were edited by hand and are kept; Animate makes a fresh take"


def state(action: Any) -> int:
    """Return a number that changes when somebody edits an Action."""
    number = 0
    for curve in _curves(action):
        number = fingerprint(curve, number)
    return number


def _curves(action: Any) -> list[Any]:
    """Return all curves of an Action of ours, in an order that an edit of one does not change."""
    bags = [bag_for(action, slot) for slot in action.slots]
    return [curve for bag in bags for curve in sorted(bag.fcurves, key=lambda one: (one.data_path, one.array_index))]


def found(name: str, uid: int) -> Any:
    """Return an Action by its name and its number in this session. Raises InputError if it is gone."""
    action = bpy.data.actions.get(name)
    if action is None or action.session_uid != uid:
        raise InputError("what was being made has gone, as by Undo; animate again")
    return action
