"""How a sound looks and how long it is; the child process reads it, so that the window never waits."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import bpy.utils.previews
import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import Audio2BlendError

from ..state import events, preferences
from ..state.properties import sound_path
from .service import Service, raised

_TILE: Final = 64
"""Pixels on a side of the square pictures that a waveform is shown in."""
_MOST_TILES: Final = 500
"""How many are kept; every width of a sidebar needs its own."""
_TILE_UNITS: Final = 2.0
"""Their size in the sidebar, in rows of buttons."""
_BARS: Final = 5
"""How many bars there are in a picture."""
_GAP: Final = 1.3
"""How far they are apart, in widths of a bar."""
_COLOUR: Final = (0.31, 0.56, 0.91)
_SECONDS_BETWEEN_LOOKS: Final = 0.1

Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Waveform:
    """What is known of a sound file."""

    duration_s: float
    envelope: tuple[float, ...]
    """Up to 512 levels from 0 to 1, evenly over the sound."""
    error: str = ""
    """Why nothing is known, in a sentence."""


_known: dict[Key, Waveform] = {}
_asked: dict[Key, Any] = {}
_pictures: Any = None


def known(path: Path) -> Waveform | None:
    """Return what is known of a file as it is now, or None where nothing is known yet."""
    key = _key(path)
    return _known.get(key) if key else None


@events.sound_chosen.connect
def ask(path: Path) -> None:
    """Have a file looked at, if it was not yet; `known` says when that is done. Without a window nobody looks.

    What could not be read is looked at again.
    """
    key = _key(path)
    if bpy.app.background or key is None or key in _asked or (key in _known and not _known[key].error):
        return
    _known.pop(key, None)
    try:
        _asked[key] = Service.get(preferences.get(bpy.context)).submit("waveform", speech=str(path))
    except Audio2BlendError as error:
        _known[key] = Waveform(0, (), error=str(error))
        return
    if not bpy.app.timers.is_registered(_collect):
        bpy.app.timers.register(_collect, first_interval=_SECONDS_BETWEEN_LOOKS, persistent=True)  # past other files


def _key(path: Path) -> Key | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return str(path), about.st_mtime_ns, about.st_size


def _collect() -> float | None:
    """Take what the child process has found."""
    for key, call in list(_asked.items()):
        try:
            for reply in call.poll():
                if "error" in reply:
                    raise raised(reply)
                if found := reply.get("result"):
                    _known[key] = Waveform(found["duration_s"], tuple(found["envelope"]))
        except Audio2BlendError as error:
            _known[key] = Waveform(0, (), error=str(error))
        if key in _known:
            del _asked[key]
            _redraw()
    return _SECONDS_BETWEEN_LOOKS if _asked else None


def _redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"VIEW_3D", "SEQUENCE_EDITOR"}:
                area.tag_redraw()


def draw(layout: Any, context: Any, waveform: Waveform) -> None:
    """Show a waveform as wide as the sidebar is: in square pictures side by side, the only ones that panels have."""
    units = context.region.width / (20 * context.preferences.system.ui_scale) - 2
    row = layout.row(align=True)
    row.alignment = "CENTER"
    for icon in _icons(waveform, max(2, int(units / _TILE_UNITS))):
        row.template_icon(icon_value=icon, scale=_TILE_UNITS)


def _icons(waveform: Waveform, count: int) -> list[int]:
    names = [f"{hash(waveform)}/{count}/{number}" for number in range(count)]
    if names[0] not in _pictures:
        if len(_pictures) > _MOST_TILES:
            _pictures.clear()
        for name, pixels in zip(names, picture(waveform.envelope, count), strict=True):
            tile = _pictures.new(name)
            tile.image_size = (_TILE, _TILE)
            tile.image_pixels_float = pixels.ravel()
    return [_pictures[name].icon_id for name in names]


def picture(envelope: tuple[float, ...], n_tiles: int) -> NDArray[np.float32]:
    """Return the square pictures of a waveform, shape (n_tiles, pixel, pixel, 4): upright bars, the loudest whole.

    Colours are multiplied by their alpha, as Blender wants them. The bars are as far apart as Blender puts pictures,
    so that the seams between them are not seen.
    """
    bars = np.array([part.max(initial=0) for part in np.array_split(np.array(envelope), n_tiles * _BARS)])
    bars = np.maximum(bars / max(bars.max(initial=0), 1e-6), 2 / _TILE)
    height = np.abs(np.linspace(-1, 1, _TILE))
    across = np.arange(_TILE) * (_BARS + _BARS * _GAP - _GAP) / _TILE % (1 + _GAP)  # 0 to 1 on a bar, more beside it
    which = (np.arange(_TILE) * (_BARS + _BARS * _GAP - _GAP) / _TILE // (1 + _GAP)).astype(int)
    levels = bars.reshape(n_tiles, 1, _BARS)[:, :, which]
    alpha = np.clip((levels - height[:, None]) * _TILE / 2 + 0.5, 0, 1) * (across < 1)
    return np.asarray(alpha[..., None] * np.array([*_COLOUR, 1]), np.float32)


@bpy.app.handlers.persistent
def _ask_for_all(*_of: Any) -> None:
    """Look at the sounds of a file that was opened, or of what was undone."""
    for scene in bpy.data.scenes:
        for speaker in scene.audio2blend.speakers:
            if path := sound_path(speaker):
                ask(path)


def _handlers() -> tuple[Any, ...]:
    return bpy.app.handlers.load_post, bpy.app.handlers.undo_post, bpy.app.handlers.redo_post


def register() -> None:
    """Begin to keep pictures, and to look at the sounds of files that are opened."""
    global _pictures
    _pictures = bpy.utils.previews.new()
    for handler in _handlers():
        handler.append(_ask_for_all)
    bpy.app.timers.register(_ask_for_all)  # for the file that is open; Blender shows it only after registration


def unregister() -> None:
    """Forget everything."""
    for handler in _handlers():
        handler.remove(_ask_for_all)
    for timer in (_collect, _ask_for_all):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    bpy.utils.previews.remove(_pictures)
    _known.clear()
    _asked.clear()
