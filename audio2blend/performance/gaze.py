"""Gaze: small saccades around whoever is spoken to."""

import numpy as np
from numpy.typing import NDArray

FULL_LOOK_DEG = {"side": 26.0, "up": 22.0, "down": 24.0}
"""How far the eye has turned where an eyeLook shape is 1; the built-in head is made to this."""

_LARGEST_DEG = 9.0
_TOWARDS_LISTENER = 0.6


def gaze_angles(times_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return yaw and pitch of both eyes in degrees, shape (n_frames, 2), to the left and up positive.

    Intervals, sizes and speeds follow Lee, Badler and Badler, "Eyes Alive" (SIGGRAPH 2002): sizes of
    -6.9 ln(p / 15.7) degrees with p uniform in [0, 15], lasting 25 ms + 2.4 ms per degree. Sizes stay below 9
    degrees, since beyond some 10 the head would turn along, and most saccades go back to the listener.
    """
    starts_s, targets = [times_s[0]], [np.zeros(2)]
    while starts_s[-1] <= times_s[-1]:
        starts_s.append(starts_s[-1] + float(np.clip(rng.lognormal(np.log(0.9), 0.6), 0.2, 4.0)))
        targets.append(saccade(rng))
    latest = np.searchsorted(starts_s, times_s, side="right") - 1  # the saccade that began last, for each frame
    here, there = np.array([targets[0], *targets[:-1]])[latest], np.array(targets)[latest]
    duration_s = 0.025 + 0.0024 * np.linalg.norm(there - here, axis=1)
    progress = np.clip((times_s - np.array(starts_s)[latest]) / duration_s, 0, 1)[:, None]
    return np.asarray(here + (there - here) * progress**2 * (3 - 2 * progress), np.float32)


def saccade(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return where the eyes go next, yaw and pitch in degrees: mostly back to the listener."""
    if rng.uniform() < _TOWARDS_LISTENER:
        return rng.normal(0, 0.8, 2)
    size_deg = min(-6.9 * np.log(rng.uniform(0.1, 15) / 15.7), _LARGEST_DEG)
    direction = rng.uniform(0, 2 * np.pi)
    return np.asarray(size_deg * np.array([np.cos(direction), 0.6 * np.sin(direction)]))  # more sideways


def gaze_channels(angles_deg: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return the eye rotations and the eyeLook weights for yaw and pitch, shape (n_frames, 2), of both eyes.

    >>> channels = gaze_channels(np.array([[13.0, -24.0]], np.float32))
    >>> {name: float(curve[0]) for name, curve in channels.items() if curve[0] > 0 and "Eye" not in name}
    {'eyeLookOutLeft': 0.5, 'eyeLookDownLeft': 1.0, 'eyeLookInRight': 0.5, 'eyeLookDownRight': 1.0}
    """
    yaw, pitch = angles_deg.T
    turns = ((yaw, "side"), (-yaw, "side"), (pitch, "up"), (-pitch, "down"))
    left, right, up, down = (np.clip(angle / FULL_LOOK_DEG[way], 0, 1) for angle, way in turns)
    curves: dict[str, NDArray[np.float32]] = {}
    for side, outwards, inwards in (("Left", left, right), ("Right", right, left)):
        eye = f"{side.lower()}Eye"
        curves |= {f"{eye}Yaw": yaw, f"{eye}Pitch": pitch, f"{eye}Roll": np.zeros_like(yaw)}
        curves |= {f"eyeLookOut{side}": outwards, f"eyeLookIn{side}": inwards}
        curves |= {f"eyeLookUp{side}": up, f"eyeLookDown{side}": down}
    return curves
