"""How many units a worker is given at once.

A task costs half a second to begin and, once a worker, the time to open Blender and the scene; a worker that dies
loses its frames in flight alone, but another has to open the scene again. So a task is to last about `TARGET_S`: the
beginning is under 2 % of it, and the last tasks of a job keep all workers busy.
"""

from typing import Final

from ..job import Job
from ..look import FarmLook

TARGET_S: Final = 40.0
"""For how long a task is to run."""
SECONDS: Final = {"workbench": 0.5, "eevee": 4.0, "cycles": 10.0}
"""What a frame of 1920 × 1080 pixels takes about, where nothing was measured; Cycles with 64 rays a pixel."""
LINES: Final = 8
"""Lines that are animated with a network that is loaded once."""


def chunk_of(step: str, job: Job, *, frame_s: float | None = None) -> int:
    """Return how many lines, shots or frames a task of a step gets.

    `frame_s` is what a frame was measured to take, in seconds; None to estimate it by engine, size and samples.
    """
    if step == "animate":
        return LINES
    if step != "render":
        return 1
    if job.limits.chunk:
        return job.limits.chunk
    return max(1, min(240, round(TARGET_S / (frame_s or _estimated(job.look)))))


def _estimated(look: FarmLook) -> float:
    pixels = look.width * look.height / (1920 * 1080)
    rays = look.samples / 64 if look.engine == "cycles" else 1.0
    gpu = 0.1 if look.device != "cpu" else 1.0
    return max(0.05, SECONDS[look.engine] * pixels * rays * gpu)
