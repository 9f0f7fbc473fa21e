"""Moving a clip onto any rig: `fit` finds how, by names or by shape; a `Retarget` maps channels, TOML files keep it."""

from ..motion import Motion, motions
from .back import back
from .jointed import by_shape_and_joints
from .maps import format_map, parse_map, read, write
from .names import Found, Match, match, to_arkit
from .onto import Fit, by_name, fit, onto, with_rest
from .retarget import Kind, Retarget, Target
from .solve import Solved
from .transfer import transfer

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
