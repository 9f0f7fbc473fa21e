"""The libraries of the extra `text`, and what is said where they are missing."""

from importlib.util import find_spec
from typing import Final

from ..errors import MissingDependencyError

CURE: Final = "pip install 'audio2blend[text]'"


def require(module: str, purpose: str) -> None:
    """Raise MissingDependencyError, naming what it is for, if a library is not installed."""
    if find_spec(module) is None:
        raise MissingDependencyError(f"{purpose} needs {module}, which is not installed; {CURE}")
