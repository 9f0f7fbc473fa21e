"""`RenderSession`: a Blender that renders frames, and keeps the scene of the last ones open."""

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
    """A Blender in a child process."""

    def __init__(self, child: Child) -> None:
        self._child = child

    @classmethod
    def open(cls) -> Self:
        """Start Blender. Raises MissingDependencyError if there is none, BlenderError if it crashes."""
        return cls(blender.start())

    def render(
        self,
        scene: Path,
        look: FarmLook,
        frames: Sequence[int],
        folder: Path,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[FrameReport]:
        """Render frames of a scene, numbered from 0 at its first, into a folder: 000000.png and so on.

        Each is written aside and renamed when it is whole. Scripts in the scene are not run. Raises InputError for a
        scene that cannot be rendered, MissingDependencyError for a device that is not there, OSError if there is no
        more room, and BlenderError if Blender crashes.
        """
        folder.mkdir(parents=True, exist_ok=True)
        arguments = {"scene": scene, "look": look, "frames": list(frames), "folder": folder}
        try:
            found = self._child.call("render_farm.worker.frames:render", arguments, progress=progress, fresh=False)
        except BlenderError as error:
            raise full_disk(str(error)) or error from None
        return [FrameReport(**frame) for frame in found]

    def close(self) -> None:
        """End Blender, whatever it is doing."""
        self._child.kill()
