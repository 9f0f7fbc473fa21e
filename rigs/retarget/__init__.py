"""Moving a clip onto any rig: a `Retarget` maps channels, `match` finds it by names, TOML files keep it for people."""

from .bones import Motion, motions
from .maps import format_map, parse_map, read, write
from .names import Found, Match, match, to_arkit
from .retarget import Kind, Retarget, Target

__all__ = [
    "Found",
    "Kind",
    "Match",
    "Motion",
    "Retarget",
    "Target",
    "format_map",
    "match",
    "motions",
    "parse_map",
    "read",
    "to_arkit",
    "write",
]
