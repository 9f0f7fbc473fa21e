"""What a .blend file holds, as Blender opens it."""

from pathlib import Path

from audio2blend import blender

from ..contents import Contents, Curves


def inspect(path: Path) -> Contents:
    """Return what a file moves, what rests, and what importers care about. Scripts in it are not run.

    Raises InputError if Blender cannot open it, MissingDependencyError without Blender.
    """
    with blender.start() as child:
        found = child.call("usd_export.blend.worker.inspect:inspect", {"path": path.absolute()})
    return Contents(
        curves=tuple(Curves(**{**group, "channels": tuple(group["channels"])}) for group in found["curves"]),
        n_joints_moved=found["n_joints"],
        rest=found["rest"],
        astray=tuple(found["missing"]),
        facts=found["facts"],
    )
