"""Runs in Blender: takes of the extension, their files, and what comes between."""

from base64 import b64encode
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import bpy

from audio2blend.blender import wire
from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, keyed, put, refusal, speaker


def later(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what comes of takes that are too long to be weighed at once: of two together, and of one deleted."""
    with extension():
        from addon.operators import takes
        from addon.state.listed import quietly

        made = speaker(put(rig))
        for _ in range(3):
            bpy.ops.audio2blend.animate(sound=str(sound))
        dialled = list(made.takes)
        before = _jaw(dialled[0].action)
        with quietly():
            for take in dialled:
                take.jaw = 0.0
        for take in dialled:
            takes._Later.begin(take.action.session_uid, _weighing(take))
        next(takes._Later.works[dialled[0].action.session_uid])  # it is under way when the others come
        takes.delete(made, 1)
        for work in list(takes._Later.works.values()):
            for _ in work:
                pass
        takes._Later.works.clear()
        jaws, told = [_jaw(take.action) for take in made.takes], [take.blocked for take in made.takes]
        return {"before": before, "jaws": jaws, "told": told}


def _weighing(take: Any) -> Any:
    from addon.operators import takes

    return takes._weighing(take.id_data.name, take.action.name, take.action.session_uid)


def _jaw(action: Any) -> float:
    """Return how far a take opens the jaw."""
    return float(keyed(curves_of_shapes(action)["jawOpen"]).max())


def locked(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what comes of saying a corrected phone again while the take's track is locked, and after it."""
    with extension():
        face = put(rig)
        made = speaker(face)
        bpy.ops.audio2blend.animate(sound=str(sound))
        take = made.takes[0]
        heard = take.clip_path
        take.phones[3].label = "p"
        track = face.data.shape_keys.animation_data.nla_tracks[take.name]
        track.lock = True
        found: dict[str, Any] = {"said": refusal(bpy.ops.audio2blend.rerun)}
        found["unchanged"] = take.clip_path == heard and take.phones[3].edited
        track.lock = False
        found["then"] = sorted(bpy.ops.audio2blend.rerun())
        return found


def commanded(*, rig: Rig, sound: Path, path: Path, progress: Any) -> tuple[int, str]:
    """Return the exit code and the complaints of the command for a face with a shape key that is muted."""
    with extension():
        from addon.operators import command

        put(rig, name="Face").data.shape_keys.key_blocks["jawOpen"].mute = True
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as told:
            code = command.main(["animate", str(sound), "--character", "Face", "-o", str(path)])
        return code, told.getvalue()


def heard_by(*, sound: Path, network: Path, progress: Any) -> list[str]:
    """Return where a sound is heard into: twice by a network, and by another in the same place."""
    with extension():
        from addon.operators import animate

        entry = bpy.context.preferences.addons.new()
        try:
            entry.module = "addon"
            entry.preferences.weights = str(network)
            found = []
            for content in (b"one", b"one", b"other"):
                if not network.exists() or network.read_bytes() != content:
                    network.write_bytes(content)
                found.append(animate.listening(bpy.context, sound, "best", consent={})[1]["output"])
            return found
        finally:
            bpy.context.preferences.addons.remove(entry)


def damaged(*, rig: Rig, sound: Path, progress: Any) -> list[str]:
    """Return what is said where what came with a map is damaged: no text, no archive, something else."""
    with extension():
        from addon.scene import character, snapshot

        made = speaker(put(rig))
        made.map = bpy.data.texts.new("map")
        made.map.write('solve = true\n[shapes]\njawOpen = "jawOpen"\n')
        other = snapshot.scratch()
        wire.save({"no": "solver"}, other)
        said = []
        for kept in ("?", b64encode(b"nonsense").decode(), b64encode(other.read_bytes()).decode()):
            made.map[character.SOLVER] = kept
            said.append(refusal(bpy.ops.audio2blend.animate, sound=str(sound)))
        return said
