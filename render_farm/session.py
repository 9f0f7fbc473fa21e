"""`RenderSession`: a Blender that renders frames of a scene, as long as it is open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from audio2blend import blender
from audio2blend.blender import BlenderError, Child
from audio2blend.files import full_disk

from .look import FarmLook


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameReport:
    """What a frame took."""

    frame: int
    """Its number in the shot, from 0."""
    seconds: float
    memory_mb: float
    """The most that Blender had so far."""
    device: str
    """What rendered it, by Blender's name."""


class RenderSession:
    """A Blender in a child process, and the scene that it renders."""

    def __init__(self, child: Child, scene: Path, look: FarmLook) -> None:
        self._child, self._scene, self._look = child, scene, look

    @classmethod
    def open(cls, scene: Path, look: FarmLook) -> Self:
        """Start Blender for a scene. Raises MissingDependencyError without Blender, BlenderError if it crashes."""
        return cls(blender.start(), scene, look)

    def render(
        self, frames: Sequence[int], folder: Path, *, progress: Callable[[int, int], None] | None = None
    ) -> list[FrameReport]:
        """Render frames, numbered from 0 at the scene's first, into a folder: 000000.png and so on.

        Each is written aside and renamed when it is whole. Scripts in the scene are not run. Raises InputError for a
        scene that cannot be rendered, MissingDependencyError for a device that is not there, OSError if there is no
        more room, and BlenderError if Blender crashes.
        """
        folder.mkdir(parents=True, exist_ok=True)
        arguments = {"scene": self._scene, "look": self._look, "frames": list(frames), "folder": folder}
        try:
            found = self._child.call("render_farm.worker.frames:render", arguments, progress=progress)
        except BlenderError as error:
            raise full_disk(str(error)) or error from None
        return [FrameReport(**frame) for frame in found]

    def close(self) -> None:
        """End Blender, whatever it is doing."""
        self._child.kill()
