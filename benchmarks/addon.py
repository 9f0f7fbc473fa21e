"""What the Blender extension takes, from the button to the keys: `python -m benchmarks.addon`, with the bpy wheel."""

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import bpy

import addon
import rigs
from addon import modal
from addon.keys import actions, plan
from audio2blend.raw import Raw
from rigs.worker import scene as stage

from .__main__ import machine, speech

LINE_S, LONG_S = 10, 600
RUNS = 5


@dataclass
class Steps:
    """How long Blender's main thread was kept at a time, in seconds; between two steps a window is drawn."""

    taken: list[float] = field(default_factory=list)

    def watch(self) -> None:
        """Measure every step of the extension's operators from now on."""
        work = modal.ServiceOperator._work

        def watched(operator: Any, context: Any) -> Iterator[bool]:
            steps = work(operator, context)
            while True:
                started = perf_counter()
                try:
                    more = next(steps)
                except StopIteration as done:
                    return done.value
                finally:
                    self.taken.append(perf_counter() - started)
                yield more

        modal.ServiceOperator._work = watched  # type: ignore[method-assign, assignment]


def animate(sound: Path) -> float:
    """Return the seconds from pressing the button to keys on the character."""
    started = perf_counter()
    bpy.ops.audio2blend.animate(sound=str(sound), character="builtin")
    return perf_counter() - started


def write_keys(fps: int) -> tuple[float, int]:
    """Return the seconds that writing the keys of the last take takes, and how many there are."""
    speaker = bpy.context.scene.audio2blend.speakers[0]
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = fps, 1.0
    intended = plan.Plan.of(bpy.context.scene, speaker, speaker, 1)
    keys = intended.keys(Raw.read(Path(speaker.takes[-1].clip_path)))
    action = actions.new_action("measured")
    started = perf_counter()
    for _ in plan.write_all(action.name, action.session_uid, keys):
        pass
    seconds = perf_counter() - started
    return seconds, sum(len(curve.points) for _, curves in keys.curves for curve in curves)


def main() -> None:
    """Measure and print."""
    addon.register()
    stage.build(bpy.context.scene, rigs.builtin())
    bpy.context.scene.render.fps = 24
    steps = Steps()
    steps.watch()
    with tempfile.TemporaryDirectory() as folder:
        line = speech(Path(folder) / "line.wav", LINE_S / 60)
        first = animate(line)
        later = [animate(line) for _ in range(RUNS)]
        longest = max(steps.taken)
        steps.taken.clear()
        long = animate(speech(Path(folder) / "long.wav", LONG_S / 60))
        longest_long = max(steps.taken)
        seconds, count = write_keys(60)
    addon.unregister()
    print(f"""{machine()}, Blender {bpy.app.version_string}, load {os.getloadavg()[0]:.1f}

| from the button to keys on the built-in head, 24 fps | seconds | aim |
|---|---|---|
| {LINE_S} s of speech, the first time | {first:.2f} | 4 at most |
| {LINE_S} s of speech, after that (median of {RUNS}) | {median(later):.2f} | 2 at most |
| {LONG_S} s of speech | {long:.2f} | |
| longest step of the main thread, {LINE_S} s | {longest:.3f} | 0.1 at most |
| longest step of the main thread, {LONG_S} s | {longest_long:.3f} | 0.1 at most |
| writing {count:,} keys | {seconds:.2f} | 5 at most |
""")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
