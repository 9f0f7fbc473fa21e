"""The head that comes with the project, modelled in code: `builtin()`.

`form` says where the surface lies, `skin`, `eyes`, `mouth`, `dress` and `hair` lay faces upon it, and `shapes`
says how it moves. Building takes a fraction of a second, so nothing is kept on the disk.
"""

from .build import builtin

__all__ = ["builtin"]
