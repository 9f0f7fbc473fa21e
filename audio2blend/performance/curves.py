"""What curves of a performance have in common."""

import numpy as np
from numpy.typing import NDArray


def smoothed(curve: NDArray[np.float64], sigma_frames: float) -> NDArray[np.float64]:
    """Return `curve` under a Gaussian of `sigma_frames`, its ends prolonged."""
    radius = int(np.ceil(3 * sigma_frames))
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / max(sigma_frames, 1e-6)) ** 2)
    return np.convolve(np.pad(curve, radius, mode="edge"), kernel / kernel.sum(), mode="valid")
