"""Looks: the characters that the built-in head can be. All share its topology and its shapes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import styles
from .hair import Style
from .traits import Eyes

Color = tuple[float, float, float]
DEFAULT = "robin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One character. Colours are linear RGB."""

    about: str
    traits: Mapping[str, float] = field(default_factory=dict)
    """How much it has of `traits.TRAITS`."""
    eyes: Eyes = field(default_factory=Eyes)
    style: Callable[[], Style] = styles.short
    brow: float = 1.0
    """Height of the brows, 1 for middling ones."""
    lashes: float = 1.0
    """Length of the lashes, 1 for middling ones."""
    blush: float = 1.0
    """How strongly cheeks, nose and ears differ from the rest of the skin."""
    stubble: float = 0.0
    """How dark a shaven beard is, 0 for none."""
    skin: Color = (0.72, 0.43, 0.325)
    lips: Color = (0.56, 0.22, 0.19)
    iris: Color = (0.09, 0.19, 0.15)
    hair: Color = (0.075, 0.036, 0.018)
    brows: Color = (0.045, 0.024, 0.014)
    shirt: Color = (0.08, 0.16, 0.26)


LOOKS: Mapping[str, Look] = {
    "robin": Look(about="a man in his twenties", stubble=0.25, lashes=0.65, brow=1.1, lips=(0.53, 0.25, 0.21)),
    "ada": Look(
        about="a woman of about thirty",
        traits={"width": -0.3, "jaw": -0.5, "chin": -0.1, "brow ridge": -0.6, "nose": -0.3, "lips": 0.5, "tip": 0.4,
                "cheekbones": 0.4, "cheeks": 0.25, "neck": -0.8, "shoulders": -0.9, "lower face": -0.05, "ears": -0.5},
        eyes=Eyes(scale=1.04, tilt_degrees=2.5, droop=0.04),
        style=styles.long, brow=0.75, lashes=1.25, blush=0.85,
        skin=(0.78, 0.50, 0.395), lips=(0.58, 0.17, 0.165), iris=(0.06, 0.14, 0.26), hair=(0.16, 0.040, 0.014),
        brows=(0.10, 0.034, 0.016), shirt=(0.10, 0.22, 0.14),
    ),
    "kofi": Look(
        about="a man of about forty",
        traits={"width": 0.2, "jaw": 0.6, "chin": 0.4, "brow ridge": 0.4, "nose": 0.1, "nose width": 0.75, "age": 0.2,
                "bridge": -0.6, "lips": 0.8, "mouth": 0.3, "cheekbones": 0.6, "neck": 0.5, "shoulders": 0.6},
        eyes=Eyes(scale=1.0, droop=0.04),
        style=styles.cropped, brow=1.15, lashes=0.9, blush=0.55, stubble=0.5,
        skin=(0.165, 0.070, 0.040), lips=(0.20, 0.066, 0.052), iris=(0.035, 0.016, 0.008), hair=(0.010, 0.008, 0.007),
        brows=(0.008, 0.006, 0.005), shirt=(0.42, 0.16, 0.05),
    ),
    "mei": Look(
        about="a woman in her thirties",
        traits={"width": 0.4, "jaw": -0.4, "chin": -0.35, "brow ridge": -0.9, "nose": -0.3, "bridge": -0.9, "lips": 0.3,
                "nose width": 0.2, "mouth": -0.2, "cheekbones": 0.8, "cheeks": 0.45, "neck": -0.9, "shoulders": -1.0,
                "lower face": -0.6, "eye distance": 0.4, "ears": -0.6},
        eyes=Eyes(scale=1.02, tilt_degrees=4.5, droop=0.12),
        style=styles.bob, brow=0.75, lashes=1.1, blush=0.7,
        skin=(0.80, 0.53, 0.385), lips=(0.60, 0.19, 0.19), iris=(0.045, 0.022, 0.011), hair=(0.011, 0.008, 0.009),
        brows=(0.016, 0.011, 0.010), shirt=(0.40, 0.38, 0.36),
    ),
    "walter": Look(
        about="a man of about seventy",
        traits={"width": 0.05, "jaw": 0.2, "chin": 0.3, "brow ridge": 0.6, "nose": 0.75, "tip": -0.6, "lips": -0.4,
                "cheeks": -0.55, "age": 1.15, "ears": 0.9, "neck": -0.25, "lower face": 0.4, "shoulders": 0.1},
        eyes=Eyes(scale=0.96, tilt_degrees=-3.0, droop=0.12),
        style=styles.receding, brow=1.3, lashes=0.6, blush=1.2, stubble=0.12,
        skin=(0.70, 0.42, 0.335), lips=(0.50, 0.235, 0.205), iris=(0.10, 0.17, 0.24), hair=(0.50, 0.48, 0.46),
        brows=(0.30, 0.28, 0.26), shirt=(0.14, 0.13, 0.15),
    ),
    "lila": Look(
        about="a girl of about eight",
        traits={"size": -1.0, "skull": 0.6, "width": 0.1, "jaw": 0.1, "chin": -0.9, "lower face": -1.2, "nose": -1.1,
                "brow ridge": -1.3, "bridge": -0.8, "tip": 0.6, "cheeks": 0.9, "cheekbones": -0.7, "forehead": 0.8,
                "lips": 0.3, "mouth": -0.9, "nose width": -0.3, "neck": -1.1, "neck length": -1.7, "shoulders": -1.9},
        eyes=Eyes(scale=1.13, tilt_degrees=1.0, droop=-0.03),
        style=styles.pigtails, brow=0.65, lashes=1.0, blush=1.0,
        skin=(0.60, 0.335, 0.215), lips=(0.52, 0.185, 0.155), iris=(0.075, 0.034, 0.012), hair=(0.028, 0.014, 0.008),
        brows=(0.035, 0.018, 0.011), shirt=(0.55, 0.24, 0.05),
    ),
}  # fmt: skip
"""By the name that `builtin` takes."""
