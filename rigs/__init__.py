"""Faces that can be driven: `builtin()` is the head that comes with the project, `load(path)` reads the user's own."""

from .builtin import builtin
from .identity import random_identity, with_identity
from .readers import load, save
from .rig import Joint, Material, Mesh, Rig

__all__ = ["Joint", "Material", "Mesh", "Rig", "builtin", "load", "random_identity", "save", "with_identity"]
