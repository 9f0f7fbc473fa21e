"""What decides the bytes of a file, as a digest: a file that was made for the same digest is not made again."""

import hashlib
import json
import os
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from audio2blend.clip import FRAME_RATE
from audio2blend.files import digest
from audio2blend.network.encoder import HEAD
from audio2blend.network.network import WEIGHTS
from audio2blend.network.whisper import model_file
from usd_export.format import choices
from usd_export.registry import format_of

from ..take import content
from .line import Line, Settings


@cache
def _version() -> str:
    """Return the program's version; looking it up takes longer than the digest of a recording."""
    return version("audio2blend")


def network_digest(settings: Settings) -> str:
    """Return what the network is known by: the bytes of its files."""
    if settings.encoder is not None:
        return " ".join(map(digest, (HEAD, model_file(settings.encoder))))
    path = settings.weights or WEIGHTS[settings.quality]
    return digest(path) if os.path.isfile(path) else str(path)


def keys(line: Line, network: str) -> dict[Path, str]:
    """Return a digest for each output of a line, nothing if the recording cannot be read.

    It holds what reaches the bytes and nothing else, so that the terminal and the extension, which ask in other ways,
    know each other's files: rates as they come out, options that the format knows, and no rig for a format that has
    none. `network` is the line's `network_digest`. Raises InputError if the rig cannot be read.
    """
    try:
        recording = digest(line.recording) if os.path.isfile(line.recording) else None
    except OSError:
        recording = None
    if recording is None:
        return {}
    settings = line.settings
    shared = {
        "version": _version(),
        "recording": recording,
        "track": settings.track,
        "channel": settings.channel,
        "network": network,
        "device": settings.device,
        "motion": asdict(settings.motion),
        "performance": settings.performance and not settings.mouth_only,
        "mouth_only": settings.mouth_only,
        "seed": settings.seed,
        "transcript": None if line.transcript is None else {**line.transcript.content, "mode": settings.mode},
        "edits": digest(line.edits) if line.edits is not None and line.edits.is_file() else None,
        "take": None if line.take is None else content(line.take),
    }
    found = {}
    for output in line.outputs:
        form = format_of(output)
        options = form.chosen(settings.export)
        own = {
            "suffix": form.suffix,
            "frame_rate": str(form.rate_of(settings.rate_of(form.suffix), FRAME_RATE)),
            "options": {choice.name: getattr(options, choice.name) for choice in choices(form.options)},
            "rig": line.character.digest if form.needs_rig or not form.keeps_arkit else None,
            "kept": line.character.kept_by(output),
            "step": settings.step,
        }
        found[output] = hashlib.sha256(json.dumps(shared | own, sort_keys=True, default=str).encode()).hexdigest()
    return found
