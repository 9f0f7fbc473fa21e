"""What the tests of the extension do with it inside Blender, as a user installs it."""

import contextlib
import io
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import addon_utils
import bpy

from rigs import Rig
from tests.support.worker.scenes import extension, put, shown

NAME = "bl_ext.user_default.audio2blend"


def lifecycle(*, archive: Path, rig: Rig, recording: Path, progress: Any) -> dict[str, Any]:
    """Install, use, disable, enable and uninstall the extension, and return what Blender had after each step."""
    steps = {"before": traces()}
    bpy.ops.extensions.package_install_files(
        filepath=str(archive), repo="user_default", enable_on_install=True, overwrite=True
    )
    steps["installed"] = traces()
    forgotten = [kind.__name__ for kind in _kinds(bpy.types.bpy_struct) if not kind.is_registered]
    use(rig, recording)
    steps["used"] = traces()
    addon_utils.disable(NAME, default_set=True)
    steps["disabled"] = settled()
    addon_utils.enable(NAME, default_set=True)
    steps["enabled again"] = traces()
    moved = use(rig, recording)
    bpy.ops.extensions.package_uninstall(repo_directory=_folder(), pkg_id="audio2blend")
    steps["uninstalled"] = settled()
    return {"steps": steps, "moved": moved, "forgotten": forgotten}


def for_another_python(*, made_for: str, progress: Any) -> str:
    """Return what is told when the packages of the extension were made for another Python."""
    with extension(), tempfile.TemporaryDirectory() as folder:
        from addon.client import packages, service
        from addon.state import preferences

        Path(folder, "python.txt").write_text(made_for, "utf-8")
        before, packages.FOLDER = packages.FOLDER, Path(folder)
        service.Service.stop(wait=True)
        try:
            service.Service.get(preferences.get(bpy.context)).submit("self_test")
        except service.ServiceError as error:
            return str(error)
        finally:
            packages.FOLDER = before
        return ""


def use(rig: Rig, recording: Path) -> float:
    """Let a new character say a recording, and return how far its jaw opens."""
    head = put(rig)
    bpy.ops.audio2blend.animate(sound=str(recording), character=head.name)
    return float(shown(head, ["jawOpen"], range(1, 60)).max())


def settled() -> dict[str, list[str]]:
    """Return the traces once the child process has had the seconds that it may take to end."""
    for _ in range(50):
        found = traces()
        if not found["processes"] and not found["threads"]:
            break
        time.sleep(0.1)
    return found


def traces() -> dict[str, list[str]]:
    """Return what there is of the extension: in Blender's tables, in Python, as processes and as files."""
    handlers = [name for name in dir(bpy.app.handlers) if isinstance(getattr(bpy.app.handlers, name), list)]
    classes = [kind for name in dir(bpy.types) if isinstance(kind := getattr(bpy.types, name), type)]
    menus = [kind for kind in classes if hasattr(getattr(kind, "draw", None), "_draw_funcs")]
    resources = Path(os.environ["BLENDER_USER_RESOURCES"])
    return {
        "classes": [kind.__name__ for kind in classes if kind.__module__.startswith(NAME)],
        "operators": list(dir(bpy.ops.audio2blend)) if "audio2blend" in dir(bpy.ops) else [],
        "properties": [
            f"{kind.__name__}.{name}"
            for kind in (bpy.types.Scene, bpy.types.WindowManager, bpy.types.Object, bpy.types.Text, bpy.types.Action)
            for name in kind.bl_rna.properties.keys()  # noqa: SIM118  # no dictionary: it yields properties
            if "audio2blend" in name
        ],
        "handlers": [
            f"{name}: {function.__name__}"
            for name in handlers
            for function in getattr(bpy.app.handlers, name)
            if _ours(function)
        ],
        "menus": [kind.__name__ for kind in menus if any(map(_ours, kind.draw._draw_funcs))],
        "modules": sorted(name for name in sys.modules if name.startswith(NAME)),
        "preferences": [entry.module for entry in bpy.context.preferences.addons if "audio2blend" in entry.module],
        "threads": [thread.name for thread in threading.enumerate() if _ours(getattr(thread, "_target", None))],
        "processes": _children(),
        "files": sorted(str(path.relative_to(resources)) for path in resources.rglob("*audio2blend*")),
    }


def _kinds(kind: type) -> Iterator[type]:
    """Yield what the extension derives from a class of Blender and gives a name in Blender."""
    for derived in kind.__subclasses__():
        if _ours(derived) and derived.__name__.startswith("A2B_"):
            yield derived
        yield from _kinds(derived)


def _ours(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith(NAME)


def _children() -> list[str]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text("utf-8").rsplit(")", 1)[1].split()[:2]
            if parent == str(os.getpid()) and state != "Z":
                found.append(status.parent.name)
    return found


def _folder() -> str:
    repositories = bpy.context.preferences.extensions.repos
    return str(next(place.directory for place in repositories if place.module == "user_default"))


def commands(*, calls: list[list[str]], progress: Any) -> list[tuple[int, str, str]]:
    """Return exit code, stdout and stderr of calls of the command, in a scene where a head is the speaker."""
    with extension():
        from addon.operators import command

        bpy.ops.audio2blend.add_head()
        found = []
        for arguments in calls:
            with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
                code = command.main(arguments)
            found.append((code, out.getvalue(), error.getvalue()))
        return found


def self_test(*, weights: str, progress: Any) -> str:
    """Return what the self-test finds, with a network in place of the shipped ones."""
    with extension():
        from addon.state import preferences

        entry = bpy.context.preferences.addons.new()
        try:
            entry.module = "addon"
            entry.preferences.weights = weights
            assert preferences.get(bpy.context).weights == weights
            bpy.ops.audio2blend.self_test()
            return str(bpy.context.window_manager.audio2blend_findings)
        finally:
            bpy.context.preferences.addons.remove(entry)
