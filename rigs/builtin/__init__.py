"""The head that comes with the project, modelled in code: `builtin()`.

`form` defines the surface; `skin`, `eyes`, `ears`, `mouth`, `brows_lashes`, `clothes` and `hair` build its faces;
`paint` colours them; `shapes` makes the blendshapes. `traits` bends all that into the characters that `looks` lists.
Building takes a fraction of a second, so nothing is kept on the disk.
"""

from audio2blend.errors import InputError

from ..rig import Rig
from .looks import DEFAULT, LOOKS, Look

__all__ = ["DEFAULT", "LOOKS", "Look", "builtin", "named"]


def builtin(look: str = DEFAULT) -> Rig:
    """Return the built-in head: neck and shoulders included, life-size, with the 52 ARKit shapes.

    It looks along +Z with Y up, in metres, the origin between the eyes in the middle of the head; its own left
    is +X. `look` is a name of `LOOKS`; all looks have the same faces and the same shapes. Always the same object for
    a look, with the same bytes.

    Raises InputError if there is no such look.
    """
    if look not in LOOKS:
        raise InputError(f"the built-in head has no look '{look}'; choose one of {', '.join(LOOKS)}")
    from .build import build  # modelling a head is not for those who only name it

    return build(look)


def named(rig: str) -> Rig | None:
    """Return the head that commands call "builtin" or, with a look, "builtin:ada"; None for any other name.

    Raises InputError if there is no such look.
    """
    name, _, look = rig.partition(":")
    return builtin(look or DEFAULT) if name == "builtin" else None
