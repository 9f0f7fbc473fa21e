"""What a match drives, for the tests of matching."""

from fractions import Fraction

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs.retarget import Match


def drives(found: Match, name: str) -> dict[str, float]:
    """Return what drives the rig's shape of that name."""
    (target,) = (target for target in found.retarget.targets if target.name == name)
    return dict(target.sources)


def rest(found: Match, channel: str, weight: float = 0.5) -> dict[str, float]:
    """Return the weights of the rig, where not 0, when only one channel moves."""
    values = [[weight if name == channel else 0.0 for name in ARKIT]]
    clip = found.retarget(Clip(values=values, channels=ARKIT, frame_rate=Fraction(60)))
    return {name: round(float(clip[name][0]), 3) for name in clip.channels if clip[name][0]}
