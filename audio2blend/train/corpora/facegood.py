"""FACEGOOD Voice2Face: a Mandarin speaker and the rig weights she was tracked to, at 30 fps (MIT)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...channels import ARKIT
from .sample import Sample, frame_times

FPS: Final = 30
HELD_OUT: Final = "1114_2_05"
"""The recording that is kept from training."""

# The authors' own table lacks the shapes mouth_oh_c, mouth_oo_c and tooth_d_d, and has mouthClose point at a shape
# that never moves. mouth_oh_c is a rounded open mouth, mouth_oo_c a rounded narrow one.
SHAPES: Final[dict[str, dict[str, float]]] = {
    "jawOpen": {"mouth_stretch_c": 1.0, "mouth_oh_c": 0.25, "tooth_d_d": 0.3},
    "jawForward": {"jaw_thrust_c": 1.0},
    "jawLeft": {"jaw_sideways_l": 1.0},
    "jawRight": {"jaw_sideways_r": 1.0},
    "mouthFunnel": {
        "mouth_funnel_dl": 0.25, "mouth_funnel_dr": 0.25, "mouth_funnel_ul": 0.25, "mouth_funnel_ur": 0.25,
        "mouth_oh_c": 0.6,
    },
    "mouthPucker": {"mouth_pucker_l": 0.5, "mouth_pucker_r": 0.5, "mouth_oo_c": 0.8},
    "mouthLeft": {"mouth_sideways_l": 1.0},
    "mouthRight": {"mouth_sideways_r": 1.0},
    "mouthSmileLeft": {"mouth_lipCornerPull_l": 1.0},
    "mouthSmileRight": {"mouth_lipCornerPull_r": 1.0},
    "mouthFrownLeft": {"mouth_lipCornerDepress_l": 1.0},
    "mouthFrownRight": {"mouth_lipCornerDepress_r": 1.0},
    "mouthDimpleLeft": {"mouth_dimple_l": 1.0},
    "mouthDimpleRight": {"mouth_dimple_r": 1.0},
    "mouthStretchLeft": {"mouth_lipStretch_l": 1.0},
    "mouthStretchRight": {"mouth_lipStretch_r": 1.0},
    "mouthRollLower": {"mouth_suck_dl": 0.5, "mouth_suck_dr": 0.5},
    "mouthRollUpper": {"mouth_suck_ul": 0.5, "mouth_suck_ur": 0.5},
    "mouthShrugLower": {"mouth_chinRaise_d": 1.0},
    "mouthShrugUpper": {"mouth_chinRaise_u": 1.0},
    "mouthPressLeft": {"mouth_press_l": 1.0},
    "mouthPressRight": {"mouth_press_r": 1.0},
    "mouthLowerDownLeft": {"mouth_lowerLipDepress_l": 1.0},
    "mouthLowerDownRight": {"mouth_lowerLipDepress_r": 1.0},
    "mouthUpperUpLeft": {"mouth_upperLipRaise_l": 1.0},
    "mouthUpperUpRight": {"mouth_upperLipRaise_r": 1.0},
}  # fmt: skip


def to_arkit(weights: NDArray[np.float32], names: list[str]) -> NDArray[np.float32]:
    """Return ARKit weights [frame, 52] of the recording's own [frame, shape]."""
    out = np.zeros((len(weights), len(ARKIT)), np.float32)
    for target, sources in SHAPES.items():
        for source, share in sources.items():
            out[:, ARKIT.index(target)] += share * weights[:, names.index(source)]
    return np.clip(out, 0, 1)


def load(data: Path, *, held: bool) -> Iterator[Sample]:
    """Yield the recording that is held out, or the four that are not."""
    for path in sorted((data / "facegood" / "weights").glob("*.npz")):
        if (path.stem == HELD_OUT) != held:
            continue
        with np.load(path) as stored:
            weights = to_arkit(stored["weights"], [str(name) for name in stored["names"]])
        samples, _ = soundfile.read(data / "facegood" / "audio" / f"{path.stem}.flac", dtype="float32")
        times = frame_times(len(samples))
        source = np.arange(len(weights)) / FPS
        unknown = np.full(len(times), -1)
        yield Sample(
            name=path.stem,
            corpus="facegood",
            language="cmn",
            speaker="facegood",
            samples=samples,
            weights=np.stack([np.interp(times, source, column) for column in weights.T], 1).astype(np.float32),
            phones=unknown.astype(np.int64),
            voice=unknown.astype(np.float32),
        )
