"""Runs in Blender: batches of the extension, told by what they leave behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker.scenes import extension, fcurves, put, refusal, speaker


def _told() -> list[tuple[str, str, str, str]]:
    """Return sound, character, status and message of every line of the table."""
    lines = bpy.context.scene.audio2blend.lines
    return [(Path(at.sound).name, at.character.name if at.character else "", at.status, at.message) for at in lines]


def _takes() -> dict[str, list[tuple[str, int]]]:
    """Return name and number of the Action of every take, by speaker."""
    speakers = bpy.context.scene.audio2blend.speakers
    return {who.name: [(take.name, take.action.session_uid) for take in who.takes] for who in speakers}


def runs(*, rig: Rig, table: Path, folder: Path, formats: list[str], between: list[str], progress: Any) -> Any:
    """Run a table once, and again after each of the changes in `between`; return what each run left behind."""
    changes: dict[str, Callable[[], Any]] = {
        "nothing": lambda: None,
        "another sound": lambda: (table.parent / "b.wav").write_bytes((table.parent / "a.wav").read_bytes()),
        "a dial": lambda: setattr(_hero(), "jaw", 1.5),
        "a file": lambda: sorted(folder.glob("a-*"))[0].unlink(),
        "a key": _raise_a_key,
    }
    with extension():
        for name in ("Hero", "Villain"):
            speaker(put(rig, name=name)).name = name
        settings = bpy.context.scene.audio2blend_files
        settings.folder, settings.batch_formats = str(folder), set(formats)
        found = []
        for change in ("nothing", *between):
            changes[change]()
            bpy.ops.audio2blend.batch(filepath=str(table))
            written = {path.name: path.stat().st_mtime_ns for path in folder.glob("[!.]*")} if formats else {}
            found.append({"lines": _told(), "takes": _takes(), "files": written, "actions": len(bpy.data.actions)})
        return found


def _hero() -> Any:
    return bpy.context.scene.audio2blend.speakers[0]


def _raise_a_key() -> None:
    """Edit the take of Hero that says a.wav."""
    action = next(take.action for take in _hero().takes if take.name.startswith("a"))
    curve = fcurves(action)[0]
    curve.keyframe_points[5].co.y += 0.1
    curve.update()


def files_only(*, rig: Rig, sound: Path, folder: Path, progress: Any) -> Any:
    """Run a folder for an active object that is no speaker yet, with files and without takes."""
    with extension():
        bpy.context.view_layer.objects.active = put(rig, name="Hero")
        settings = bpy.context.scene.audio2blend_files
        settings.folder, settings.batch_formats, settings.batch_takes = str(folder), {"json"}, False
        bpy.ops.audio2blend.batch(filepath=str(sound.parent))
        return {"lines": _told(), "takes": _takes(), "actions": len(bpy.data.actions)}


def refused(*, rig: Rig, table: Path, progress: Any) -> dict[str, str]:
    """Return what is said of tables that cannot be used."""
    with extension():
        from addon.operators import batch

        put(rig, name="Hero")
        out = {"empty": batch.why_not_batch(bpy.context)}
        for name, text in {
            "no column": "who,what\nHero,a.wav\n",
            "no sound": "sound;character\n;Hero\n",
            "no rows": "sound\n",
            "binary": None,
        }.items():
            table.write_bytes(b"\xff\xfe\x00" if text is None else text.encode())
            out[name] = refusal(bpy.ops.audio2blend.batch, filepath=str(table))
        out["missing"] = refusal(bpy.ops.audio2blend.batch, filepath=str(table.with_name("none.csv")))
        out["nobody"] = refusal(bpy.ops.audio2blend.batch, filepath=str(table.parent), characters="Ghost")
        return out


def videos(*, rig: Rig, sound: Path, folder: Path, size: int, progress: Any) -> Any:
    """Run a folder for a character with files and videos, once and again after the size of videos was changed."""
    with extension():
        bpy.context.scene.render.fps = 4
        bpy.context.view_layer.objects.active = put(rig, name="Hero")
        settings = bpy.context.scene.audio2blend_files
        settings.folder, settings.batch_formats, settings.batch_takes = str(folder), {"json", "mp4"}, False
        found = []
        for side in (2 * size, size):
            settings.width = settings.height = side
            bpy.ops.audio2blend.batch(filepath=str(sound.parent))
            written = {path.name: path.stat().st_mtime_ns for path in folder.glob("[!.]*")}
            found.append({"lines": _told(), "files": written})
        return found


def like_the_terminal(
    *, look: str, rig: Rig | None, recordings: Path, folder: Path, takes: list[bool], progress: Any
) -> Any:
    """Run a folder once for each of `takes`, with takes or without, into files that are called as in the terminal.

    The character is the head that comes along in a look, or a rig called "hero" in the file hero.blend.
    """
    with extension():
        if rig is None:
            bpy.ops.audio2blend.add_head(look=look)
        else:
            speaker(put(rig, name="hero"))
            bpy.ops.wm.save_as_mainfile(filepath=str(recordings.parent / "hero.blend"))
        settings = bpy.context.scene.audio2blend_files
        settings.folder, settings.batch_formats = str(folder), {"csv", "json", "glb"}
        settings.batch_name = "{parent}/{stem}"
        found = []
        for settings.batch_takes in takes:
            bpy.ops.audio2blend.batch(filepath=str(recordings))
            found.append(bpy.context.window_manager.audio2blend.report)
        return found


def heads(*, folder: Path, progress: Any) -> dict[str, str]:
    """Return snapshots of the head that comes along, as it came and after each of some changes."""
    changes: dict[str, Callable[[Any], None]] = {
        "as it came": lambda head: None,
        "moved": lambda head: setattr(head.parent, "location", (0, 0, 0.1)),
        "a shape": lambda head: setattr(head.data.shape_keys.key_blocks["jawOpen"].points[0], "co", (0, 0, 0)),
        "a colour": _dye,
    }
    found = {}
    with extension():
        from addon.scene import character, snapshot

        for name, change in changes.items():
            bpy.ops.wm.read_factory_settings(use_empty=True)
            bpy.ops.audio2blend.add_head(look="robin")
            who = bpy.context.scene.audio2blend.speakers[0]
            change(who.character)
            bpy.context.view_layer.update()
            assert snapshot.look(character.of(who)) == "robin"
            found[name] = str(snapshot.save(bpy.context, character.of(who)).rename(folder / f"{name}.npz"))
    return found


def _dye(head: Any) -> None:
    """Give the skin another colour."""
    nodes = head.material_slots[0].material.node_tree.nodes
    next(node for node in nodes if node.type == "BSDF_PRINCIPLED").inputs["Base Color"].default_value = (0, 0, 1, 1)
