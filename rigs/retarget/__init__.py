"""Moving a clip onto any rig: a `Retarget` maps channels, `match` finds it by names, TOML files keep it for people."""

from .bones import Motion, motions
from .maps import format_map, parse_map, read, write
from .names import Found, Match, match, to_arkit
from .onto import Fit, by_name, fit, onto, with_rest
from .retarget import Kind, Retarget, Target

__all__ = [
    "Fit",
    "Found",
    "Kind",
    "Match",
    "Motion",
    "Retarget",
    "Target",
    "by_name",
    "fit",
    "format_map",
    "match",
    "motions",
    "onto",
    "parse_map",
    "read",
    "to_arkit",
    "with_rest",
    "write",
]
