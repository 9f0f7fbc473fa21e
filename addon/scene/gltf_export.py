"""Blender's own glTF exporter: what it leaves out of a character with takes."""

from typing import Any

from ..keys.rest import holds


class glTF2ExportUserExtension:
    """What the exporter looks for, by this name, in every extension that is on.

    It keeps what holds shapes at rest out of the file: it would be one more animation, 0 s long.
    """

    def gather_actions_hook(self, _thing: Any, actions: Any, _settings: Any) -> None:
        """Leave it out where each Action becomes an animation; `actions` has lists of what it calls ActionData."""
        actions.actions = {key: found for key, found in actions.actions.items() if not holds(found[0].action)}

    def gather_tracks_hook(self, thing: Any, tracks: Any, _settings: Any) -> None:
        """Leave it out where each NLA track becomes an animation; `tracks` has a list of what it calls TrackData."""
        tracks.tracks = [one for one in tracks.tracks if not _at_rest(thing, one)]


def _at_rest(thing: Any, found: Any) -> bool:
    """Return whether all tracks that are to become an animation do nothing but hold shapes at rest."""
    if found.on_type != "KEY":
        return False
    tracks = thing.data.shape_keys.animation_data.nla_tracks
    strips = [strip for track in found.tracks for strip in tracks[track.idx].strips]
    return all(strip.action is not None and holds(strip.action) for strip in strips)
