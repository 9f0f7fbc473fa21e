"""Blender as a child process: found, started, talked to and ended here, for every layer.

Code that needs `bpy` lies in folders named `worker/` and runs in the child, never in this process:

    with blender.start() as child:
        child.call("usd_export.fbx.worker.fbx:write", {"rig": rig, "clip": clip, "path": path})
"""

from .available import why_not
from .child import BlenderError, Child, start

__all__ = ["BlenderError", "Child", "start", "why_not"]
