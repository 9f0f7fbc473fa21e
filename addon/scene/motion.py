"""The motion of a take as it is on its character, in a file for the child process."""

import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.blender import wire
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend_app.take import Handed
from rigs.retarget import format_map

from ..keys import actions, plan
from ..keys.targets import Shapes
from ..keys.timing import Timing
from ..operators import control_rig
from . import snapshot


def save(context: Any, speaker: Any, take: Any) -> Path:
    """Write the motion of a take to a temporary file, and return its path.

    Keys that an artist edited count as they are now; those of bones do not. Raises InputError if the take's file is
    gone or there is no character.
    """
    path = Path(bpy.path.abspath(take.clip_path))
    if not path.is_file():
        raise InputError(f"the motion of the take '{take.name}' is gone ({path}); animate the line again")
    how = plan.Plan.of(speaker, take, Timing.of_take(context.scene, take))
    edited = take.action is not None and (bool(plan.why_edited(take.action)) or bool(take.edits_path))
    handed = Handed(
        clip=path,
        motion=how.motion,
        performance=how.performance,
        mouth_only=how.mouth_only,
        map=format_map(how.retarget),
        solver=how.solver,
        keys=keys_of(how, take.action, take.duration_s) if edited else None,
        controls=control_rig.added(context.scene, speaker, how.timing.count(take.duration_s), take.start_frame),
    )
    out = snapshot.scratch()
    wire.save(handed, out)
    return out


def by_hand(scene: Any, speaker: Any, take: Any) -> str:
    """Return a text that changes when an artist changes what a take looks like; "" where nobody did."""
    edited = plan.state(take.action) if take.edits_path or plan.why_edited(take.action) else ""
    n_frames = Timing.of(scene, take.start_frame).count(take.duration_s)
    more = control_rig.added(scene, speaker, n_frames, take.start_frame)
    return f"{edited}{'' if more is None else zlib.crc32(repr(more.channels).encode() + more.values.tobytes())}"


def scene_rate(scene: Any) -> Fraction:
    """Return the exact frame rate of a scene."""
    return Timing.of(scene, 0).rate


def keys_of(how: plan.Plan, action: Any, duration_s: float) -> Clip:
    """Return the values of an Action's keys at every frame of the sound, a channel for each shape."""
    n_frames = how.timing.count(duration_s)
    positions = how.timing.positions(n_frames)
    curves: dict[str, NDArray[np.float32]] = {}
    for target in how.targets:
        if isinstance(target, Shapes):
            bag = actions.bag_for(action, actions.slot_for(action, target))
            for name, path in target.paths.items():
                curve = bag.fcurves.find(path)
                if name not in curves and curve is not None:
                    curves[name] = np.array([curve.evaluate(position) for position in positions], np.float32)
    return Clip(
        values=np.stack(list(curves.values()), axis=1) if curves else np.zeros((n_frames, 0), np.float32),
        channels=tuple(curves),
        frame_rate=how.timing.rate,
    )
