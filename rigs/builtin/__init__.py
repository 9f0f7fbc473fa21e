"""The head that comes with the project, modelled in code: `builtin()`.

`form` says where the surface lies, `skin`, `eyes`, `ears`, `mouth`, `dress` and `hair` lay faces upon it, `paint`
colours them and `shapes` says how they move. `traits` bends all that into the characters that `looks` lists. Building
takes a fraction of a second, so nothing is kept on the disk.
"""

from .build import builtin, named
from .looks import DEFAULT, LOOKS, Look

__all__ = ["DEFAULT", "LOOKS", "Look", "builtin", "named"]
