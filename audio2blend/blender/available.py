"""Whether Blender can be used here, found out by using it."""

from functools import cache

from ..errors import MissingDependencyError
from .child import BlenderError, start


@cache
def why_not() -> str:
    """Return why Blender cannot be used here, in one sentence with its cure; empty when it can.

    Starts it once to find out, which takes a second or two.
    """
    try:
        with start():
            return ""
    except (MissingDependencyError, BlenderError) as error:
        return str(error)
