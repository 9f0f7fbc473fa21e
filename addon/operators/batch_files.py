"""The files of a batch: one request, which the child process does as the terminal does its own.

What only Blender knows goes along: every character as it stands in the scene, once, and the motion of a take where an
artist changed it.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import bpy

from audio2blend.blender import wire
from audio2blend_app.batch import BatchReport, RecordingReport
from rigs.retarget import format_map

from ..client.reports import sentence
from ..client.service import Call, Service, raised
from ..keys import plan
from ..keys.timing import Timing
from ..scene import character, consent, motion
from ..scene import snapshot as gather
from ..state import preferences
from .batch_lines import Line, at, failed, known, says, scene_of, take_of
from .export import frame_rate

T = TypeVar("T")
Steps = Generator[tuple[int, int] | None, None, T]
"""Yields how far the work is and how far it goes, or None to wait a moment."""
Done = Callable[[Line, RecordingReport, list[str]], None]
"""Is told of a line what became of it, and what a person should know."""


def written(context: Any, scene: Any, lines: Sequence[Line], done: Done, *, again: bool) -> Steps[BatchReport]:
    """Have the files of all lines written; yield how far it is, or None to wait a moment.

    Returns the report without its recordings, which `done` is told of. With `again` no file counts as done.
    """
    name = scene.name
    speakers: dict[int, Any] = {}
    sent: list[Line] = []
    request: list[dict[str, Any]] = []
    for line in lines:
        try:
            if line.speaker not in speakers:
                speakers[line.speaker] = len(speakers), _speaker(context, scene_of(name), line)
            entry = yield from _motion(context, name, line)
        except Exception as error:
            done(line, failed(line, sentence(error)), [])
            continue
        outputs = [str(output) for output in line.outputs]
        request.append(entry | {"recording": str(line.sound), "outputs": outputs, "speaker": speakers[line.speaker][0]})
        sent.append(line)
    if not sent:
        return BatchReport()
    asked = {"lines": request, "speakers": [about for _, about in speakers.values()], "force": again}
    call = Service.get(preferences.get(context)).submit("batch", **asked, blender=bpy.app.binary_path)
    try:
        return (yield from _followed(call, sent, done))
    finally:
        call.cancel()


def _followed(call: Call, sent: Sequence[Line], done: Done) -> Steps[BatchReport]:
    """Follow a request to its end: what ends it before is told of all lines that are left."""
    n_done = 0
    while True:
        for reply in call.poll():
            if "result" in reply:
                return BatchReport(**reply["result"])
            if "error" in reply:
                error = raised(reply)
                for line in sent[n_done:]:
                    done(line, failed(line, str(error)), [])
                return BatchReport()
            if "report" in reply:
                done(sent[reply["line"]], RecordingReport.of(reply["report"]), reply["notes"])
                n_done = reply["line"] + 1
            done_steps, all_steps = reply["progress"]
            yield done_steps, all_steps
        yield None


def _speaker(context: Any, scene: Any, line: Line) -> dict[str, Any]:
    """Return who says a line, and how. Raises InputError if the character cannot speak, or has no mesh to gather."""
    speaker, chosen, settings = at(scene, line), preferences.get(context), scene.audio2blend_files
    who = character.of(speaker)
    intended = plan.Plan.of(speaker, speaker, Timing.of(scene, speaker.start_frame))
    solver = None if intended.solver is None else gather.scratch()
    if solver is not None:
        wire.save(intended.solver, solver)
    return {
        "character": str(gather.save(context, who)),
        "name": who.name,
        "look": gather.look(who),
        "map": format_map(intended.retarget),
        "given": bool(speaker.map),
        "solver": str(solver or ""),
        "consent": consent.asked(speaker),
        "settings": {
            "motion": asdict(intended.motion),
            "performance": intended.performance,
            "mouth_only": intended.mouth_only,
            "seed": speaker.seed,
            "quality": speaker.quality,
            "weights": bpy.path.abspath(chosen.weights) if chosen.weights else "",
            "device": chosen.device,
            "threads": chosen.threads,
            "frame_rate": frame_rate(scene, chosen.export_rate),
            "frame_rates": {".mp4": frame_rate(scene, chosen.preview_rate)},
            "export": {"engine": settings.engine, "size": [settings.width, settings.height]},
            "check": True,
        },
    }


def _motion(context: Any, scene: str, line: Line) -> Generator[None, None, dict[str, str]]:
    """Return what Blender has of a line's motion: what was predicted, or the whole take where an artist changed it."""
    if not any(says(take.action, line) for take in at(scene_of(scene), line).takes):
        return {}
    about = yield from known(context, scene_of(scene), line)
    take = take_of(scene_of(scene), line, about.mark)
    if take is None:
        return {}
    speaker = at(scene_of(scene), line)
    if motion.by_hand(scene_of(scene), speaker, take):
        return {"take": str(motion.save(context, speaker, take))}
    return {"prediction": str(kept)} if (kept := Path(bpy.path.abspath(take.clip_path))).is_file() else {}
