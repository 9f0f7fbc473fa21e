"""Moving a clip onto any rig: `fit` finds how, by names or by shape; a `Retarget` maps channels, TOML files keep it."""

from ..motion import Motion, motions
from ..surface.transfer import transfer
from .fit import Fit, by_name, fit, onto, with_rest
from .inverse import back
from .maps import format_map, parse_map, read, write
from .names import Found, Match, match, to_arkit
from .retarget import Kind, Retarget, Target
from .solver import Solved
from .with_joints import by_shape_and_joints

__all__ = [
    "Fit",
    "Found",
    "Kind",
    "Match",
    "Motion",
    "Retarget",
    "Solved",
    "Target",
    "back",
    "by_name",
    "by_shape_and_joints",
    "fit",
    "format_map",
    "match",
    "motions",
    "onto",
    "parse_map",
    "read",
    "to_arkit",
    "transfer",
    "with_rest",
    "write",
]
