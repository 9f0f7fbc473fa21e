"""What a clip is called in files that name their animations."""

from pathlib import Path

from audio2blend.clip import Clip


def name_of(clip: Clip) -> str:
    """Return what a clip's animation is called: its recording, without suffix."""
    return Path(clip.metadata.get("source", "")).stem or "speech"
