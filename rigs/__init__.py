"""Faces that can be driven: `builtin()` is the head that comes with the project."""

from .builtin import builtin
from .rig import Joint, Material, Mesh, Rig

__all__ = ["Joint", "Material", "Mesh", "Rig", "builtin"]
