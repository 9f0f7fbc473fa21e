"""FACEGOOD Voice2Face: a Mandarin speaker and her tracked rig weights, at 30 fps (MIT)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...channels import ARKIT
from ...qa import Lips
from ..lips import load_lips
from .fitting import CLOSING, PRESSED, narrowed
from .sample import Sample, frame_times

FPS: Final = 30
_TOUCH: Final = (0.1, 0.2)
"""Weight of pressing and rolling at which the lips start to close, and at which they touch."""

HELD_OUT: Final = "1114_2_05"
"""The recording held out of training."""

# The authors' own table lacks mouth_oh_c, mouth_oo_c and tooth_d_d, and maps mouthClose to a shape that never moves.
# Some recordings use mouth_oh_c for "w", "u" and "o", where the others use mouth_pucker and mouth_oo_c. A regression
# from sound, fitted to those others, predicts a mouth that is narrower by some 0.04 and wider open by 0.00 to 0.05 per
# unit of mouth_oh_c, and wider open by 0.02 per unit of tooth_d_d.
SHAPES: Final[dict[str, dict[str, float]]] = {
    "jawOpen": {"mouth_stretch_c": 1.0, "tooth_d_d": 0.1},
    "jawForward": {"jaw_thrust_c": 1.0},
    "jawLeft": {"jaw_sideways_l": 1.0},
    "jawRight": {"jaw_sideways_r": 1.0},
    "mouthFunnel": {
        "mouth_funnel_dl": 0.25, "mouth_funnel_dr": 0.25, "mouth_funnel_ul": 0.25, "mouth_funnel_ur": 0.25,
        "mouth_oh_c": 0.3,
    },
    "mouthPucker": {"mouth_pucker_l": 0.5, "mouth_pucker_r": 0.5, "mouth_oo_c": 0.8, "mouth_oh_c": 0.7},
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


def to_arkit(weights: NDArray[np.float32], names: list[str], lips: Lips) -> NDArray[np.float32]:
    """Convert the rig's weights [frame, shape] to ARKit weights [frame, 52].

    Where the rig presses its lips together or rolls both in, they touch. ARKit's shapes for this leave a gap under an
    open jaw, so mouthClose, which the rig lacks, is added to close it.
    """
    out = np.zeros((len(weights), len(ARKIT)), np.float32)
    for target, sources in SHAPES.items():
        for source, share in sources.items():
            out[:, ARKIT.index(target)] += share * weights[:, names.index(source)]
    out = np.clip(out, 0, 1)

    def mean(*channels: str) -> NDArray[np.float32]:
        return np.asarray(out[:, [ARKIT.index(name) for name in channels]].mean(axis=1), np.float32)

    touch = mean("mouthPressLeft", "mouthPressRight") + np.minimum(mean("mouthRollLower"), mean("mouthRollUpper"))
    gap = lips.gap(out).astype(np.float32)
    touching = np.interp(touch, _TOUCH, (0, 1)).astype(np.float32)
    return narrowed(out, gap + touching * np.minimum(0, PRESSED - gap), lips, CLOSING)


def load(data: Path, *, held: bool) -> Iterator[Sample]:
    """Yield the held-out recording, or the four training recordings."""
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    for path in sorted((data / "facegood" / "weights").glob("*.npz")):
        if (path.stem == HELD_OUT) != held:
            continue
        with np.load(path) as stored:
            weights = to_arkit(stored["weights"], [str(name) for name in stored["names"]], lips)
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
