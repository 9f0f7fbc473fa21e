"""Which frame of a take shows that somebody speaks."""

from typing import Any, Final

_OPEN: Final = ("a", "ɑ", "æ", "ɔ")
"""Sounds for which everybody opens the mouth."""
_SHUT: Final = 0.3
"""How far a blink may have gone where the face is to be seen."""
_SOON_S: Final = 10.0
"""How far into a take it is worth to look for one."""


def speaking_frame(scene: Any, take: Any) -> int:
    """Return a frame in which a take is seen to speak: the one at hand if somebody speaks there, else an open vowel."""
    rate = scene.render.fps / scene.render.fps_base
    spoken = [phone for phone in take.phones if phone.label != "sil"]
    if not spoken:
        return int(scene.frame_current)
    at_s = (scene.frame_current - take.start_frame) / rate
    if any(phone.start_s <= at_s < phone.end_s for phone in spoken):
        return int(scene.frame_current)
    early = [phone for phone in spoken if phone.start_s < spoken[0].start_s + _SOON_S]
    wide = [phone for phone in early if phone.label in _OPEN] or early
    wide.sort(key=lambda phone: float(phone.start_s - phone.end_s))  # the longest first
    frames = [int(take.start_frame + round((phone.start_s + phone.end_s) / 2 * rate)) for phone in wide]
    return next((frame for frame in frames if not _blinks(take.action, frame)), frames[0])


def _blinks(action: Any, frame: int) -> bool:
    """Return whether the eyes are shut in a frame of a take, as far as its shapes are called so."""
    curves = [curve for bag in action.layers[0].strips[0].channelbags for curve in bag.fcurves]
    return any("blink" in curve.data_path.lower() and curve.evaluate(frame) > _SHUT for curve in curves)
