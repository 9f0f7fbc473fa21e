"""Speech in, blendshape curves out: `animate(load("line.wav"))` returns a `Clip`."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .audio import Speech, load
    from .clip import Clip
    from .pipeline import animate
    from .stream import Animator

__all__ = ["Animator", "Clip", "Speech", "animate", "load"]

_HOME = {"Animator": ".stream", "Clip": ".clip", "Speech": ".audio", "animate": ".pipeline", "load": ".audio"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: inside Blender there is neither onnxruntime nor soundfile."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)


def __dir__() -> list[str]:
    """List the public names, whether they have been used yet or not."""
    return sorted({*globals(), *__all__})
