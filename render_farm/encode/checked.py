"""A film read back: whether it holds what it should, when it should."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from .loudness import RATE_HZ, Loudness, loudness
from .probe import Probe, probe
from .profile import Profile

_CODED_S = 0.025
"""A sound codec's last packet may reach so far beyond the sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a film holds, and what is wrong with it."""

    probe: Probe
    loudness: Loudness | None
    complaints: list[str] = field(default_factory=list)


def checked(
    film: Path, name: Path, profile: Profile, n_frames: int, rate: Fraction, size: tuple[int, int], has_sound: bool
) -> Checked:
    """Read a film back; `name` is what complaints call it."""
    found = probe(film)
    wrong = []
    if found.n_frames != n_frames:
        wrong.append(f"{name} has {found.n_frames} frames, and {n_frames} were given")
    if not found.is_constant or abs(float(found.frame_rate / rate) - 1) > 1e-3:
        wrong.append(f"{name} does not show its frames at a constant {float(rate):g} a second")
    if (found.width, found.height) != size:
        wrong.append(f"{name} has {found.width} × {found.height} pixels, not {size[0]} × {size[1]}")
    if not found.is_tagged:
        wrong.append(f"{name} does not say that its colours are BT.709")
    if profile.has_alpha and not found.has_alpha:
        wrong.append(f"{name} has lost its alpha")
    if abs(found.times_s[0]) > 0.5 / rate:
        wrong.append(f"the picture of {name} begins at {1000 * found.times_s[0]:.0f} ms, not at 0")
    loud = None
    if has_sound:
        if not found.sound_codec:
            wrong.append(f"{name} has lost its sound")
        else:
            loud = loudness(film)
            if found.sound_rate_hz != RATE_HZ:
                wrong.append(f"{name} has sound at {found.sound_rate_hz} Hz, not {RATE_HZ}")
            if abs(found.sound_s - found.picture_s) > 0.5 / rate + _CODED_S:
                wrong.append(
                    f"sound and picture of {name} differ in length by {1000 * (found.sound_s - found.picture_s):.0f} ms"
                )
            if profile.lufs is not None and loud.dbtp > profile.dbtp + 0.05:
                wrong.append(f"{name} has a true peak of {loud.dbtp:.1f} dBTP, above {profile.dbtp:g}")
    return Checked(probe=found, loudness=loud, complaints=wrong)
