"""Moving a clip onto any rig: a `Retarget` maps channels, and TOML files keep it for people to edit."""

from .maps import format_map, parse_map, read, write
from .retarget import Kind, Retarget, Target

__all__ = ["Kind", "Retarget", "Target", "format_map", "parse_map", "read", "write"]
