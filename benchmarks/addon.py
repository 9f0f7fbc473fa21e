"""What the Blender extension takes, from the button to the keys: `python -m benchmarks.addon`, with the bpy wheel."""

import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, thread_time
from typing import Any, NamedTuple

import bpy

import addon
import rigs
from addon.client import modal
from addon.client.service import Service
from addon.keys import actions, plan
from addon.keys.timing import Timing
from audio2blend.prediction import Prediction
from rigs.worker import scene as stage

from .__main__ import machine, speech

LINE_S, LONG_S = 10, 600
RUNS = 5


class Cost(NamedTuple):
    """What something takes."""

    wall_s: float
    """By the clock, which others on the machine share."""
    cpu_s: float
    """Computed by Blender and by the child process, all threads."""


class Steps:
    """How long Blender's main thread was kept at a time; between two steps a window is drawn."""

    def __init__(self) -> None:
        """Measure every step of the extension's operators from now on."""
        self.taken: list[Cost] = []
        work = modal.ServiceOperator._work

        def watched(operator: Any, context: Any) -> Generator[bool, None, set[str]]:
            steps = work(operator, context)
            while True:
                wall, cpu = perf_counter(), thread_time()
                try:
                    more = next(steps)
                except StopIteration as done:
                    answer: set[str] = done.value
                    return answer
                finally:
                    self.taken.append(Cost(perf_counter() - wall, thread_time() - cpu))
                yield more

        modal.ServiceOperator._work = watched  # type: ignore[method-assign, assignment]

    def longest(self) -> Cost:
        """Return the longest by either measure, and begin anew."""
        taken, self.taken = self.taken, []
        return Cost(*map(max, zip(*taken, strict=True)))


def animate(sound: Path) -> Cost:
    """Return what it takes from pressing the button to keys on the character."""
    wall, cpu = perf_counter(), _cpu_s()
    bpy.ops.audio2blend.animate(sound=str(sound), character="builtin")
    return Cost(perf_counter() - wall, _cpu_s() - cpu)


def _cpu_s() -> float:
    """Return what Blender and the child process have computed so far."""
    service = Service._current
    if service is None or service._process is None:
        return process_time()
    times = Path(f"/proc/{service._process._process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return process_time() + sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def write_keys(fps: int) -> tuple[Cost, int]:
    """Return what writing the keys of the last take takes, and how many there are."""
    speaker = bpy.context.scene.audio2blend.speakers[0]
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = fps, 1.0
    intended = plan.Plan.of(speaker, speaker, Timing.of(bpy.context.scene, 1))
    keys = intended.keys(Prediction.read(Path(speaker.takes[-1].clip_path)))
    action = actions.new_action("measured")
    wall, cpu = perf_counter(), thread_time()
    for _ in plan.write_all(action.name, action.session_uid, keys):
        pass
    cost = Cost(perf_counter() - wall, thread_time() - cpu)
    return cost, sum(len(curve.points) for _, curves in keys.curves for curve in curves)


def main() -> None:
    """Measure and print."""
    addon.register()
    stage.build(bpy.context.scene, rigs.builtin())
    bpy.context.scene.render.fps = 24
    steps = Steps()
    with tempfile.TemporaryDirectory() as folder:
        line, long_line = (Path(folder) / name for name in ("line.wav", "long.wav"))
        first = animate(speech(line, LINE_S / 60))
        later = [animate(line) for _ in range(RUNS)]
        longest = steps.longest()
        long = animate(speech(long_line, LONG_S / 60))
        longest_long = steps.longest()
        written, count = write_keys(60)
    addon.unregister()
    rows = {
        f"{LINE_S} s of speech, from the button to the keys, the first time": (first, "4 at most"),
        f"after that, median of {RUNS}": (Cost(*map(median, zip(*later, strict=True))), "2 at most"),
        "the longest step of the main thread in these": (longest, "0.1 at most"),
        f"{LONG_S} s of speech": (long, ""),
        "the longest step of the main thread in it": (longest_long, "0.1 at most"),
        f"writing {count:,} keys": (written, "5 at most"),
    }
    print(f"{machine()}, Blender {bpy.app.version_string}, load {os.getloadavg()[0]:.1f}\n")
    print("| the built-in head at 24 fps | seconds | of which computing | aim |\n|---|---|---|---|")
    for name, (cost, aim) in rows.items():
        print(f"| {name} | {cost.wall_s:.3g} | {cost.cpu_s:.2g} | {aim} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
