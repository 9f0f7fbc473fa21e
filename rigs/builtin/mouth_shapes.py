"""The shapes of jaw, mouth and tongue; of those with a left and a right one, the left."""

import numpy as np

from .face import Face, turn
from .form import CONDYLE, MOUTH_HALF
from .part import Points, smoothstep

JAW_DEGREES = 27.0
JAW_SLIDE = (0.0, -0.0035, 0.0080)
"""The condyle leaves its socket when the jaw opens wide: it slides forwards and down, in metres."""
CORNER = (0.0255, -0.0630, 0.0800)
_WIDE = 0.03
"""A spread in depth that takes in all of the mouth's front."""


def jaw(face: Face) -> dict[str, Points]:
    """Return the shapes of the jaw and, since it undoes the parting of the lips, mouthClose."""
    swing = turn(face.points, CONDYLE, 0, np.radians(JAW_DEGREES)) + JAW_SLIDE
    lip = face.push((0, -0.058, 0.09), (0.020, 0.009, 0.04), (0, 0.0022, 0), face.upper * face.slit)
    drawn = face.both(CORNER, (0.011, 0.011, _WIDE), (-0.0034, 0, 0))  # the cheeks draw the corners in
    opened = face.jaw[:, None] * swing + lip + drawn
    # Closed lips go down with the jaw but not back with it, or the upper teeth would come through them.
    closed = face.held[:, None] * swing
    closed[:, 2] *= smoothstep(0.3, 1.0, face.held)
    return {
        "jawOpen": opened,
        "jawForward": face.held[:, None] * np.array([0, -0.0005, 0.0085]),
        "jawLeft": face.held[:, None] * np.array([0.0090, 0, -0.0005]),
        "mouthClose": (closed - opened) * face.soft[:, None],
    }


def whole(face: Face) -> dict[str, Points]:
    """Return the shapes that move all of the mouth."""
    mouth = face.mouth[:, None]
    height = face.y - face.seam
    none = np.zeros_like(height)
    near = np.exp(-((face.beyond / 0.010) ** 2))
    apart = (face.upper - face.lower) * np.sqrt(face.slit)
    tight = np.exp(-((face.beyond / 0.0040) ** 2)) * face.mouth * np.sqrt(face.slit)
    rolled = np.exp(-((face.beyond / 0.0090) ** 2)) * face.mouth * np.sqrt(face.slit)
    inwards = np.stack([none, none, -0.0050 * (0.35 + 0.65 * face.roll)], axis=1)
    flat = np.stack([none, -height, none], axis=1)
    # Lips that touch move as one, whichever of them a shape is about: those two do not slide along each other.
    free = 1 - face.roll**6
    dragged = np.stack([none, none, -0.0050 * face.roll**6], axis=1)
    away = np.clip(np.abs(height) / 0.008, 0, 1)  # from the seam, where lips touch
    bend = -0.003 * np.clip(face.x / MOUTH_HALF, -1, 1.3)  # the mouth slides along the curve of the teeth
    upper_lip, lower_lip = (0.017, 0.009, 0.04), (0.017, 0.0075, 0.04)
    return {
        "mouthFunnel": mouth
        * np.stack([-0.44 * face.x, 0.0058 * apart * near, 0.0105 * near + 0.002 + 0.0015 * np.abs(apart)], axis=1),
        "mouthPucker": mouth * np.stack([-0.42 * face.x, 0.10 * height, 0.0105 * near + 0.001], axis=1),
        "mouthLeft": mouth * np.stack([none + 0.0100, none, bend], axis=1),
        "mouthRollUpper": (tight * face.upper)[:, None] * (inwards + 0.48 * flat)
        + (tight * face.lower)[:, None] * dragged
        + face.push((0, -0.052, 0.09), (0.016, 0.006, _WIDE), (0, -0.0010, -0.0012), face.upper * away),
        "mouthRollLower": (rolled * face.lower)[:, None] * (1.4 * inwards + 0.63 * flat)
        + (tight * face.upper)[:, None] * (1.4 * dragged + 0.16 * flat)
        + face.push((0, -0.060, 0.09), (0.025, 0.010, _WIDE), (0, -0.0042, -0.0006))
        + face.both(CORNER, (0.010, 0.010, _WIDE), (0, 0, 0.0040)),
        "mouthShrugUpper": face.push((0, -0.058, 0.09), upper_lip, (0, 0, 0.0034), face.upper * free)
        + face.push((0, -0.060, 0.09), upper_lip, (0, 0.0034, 0.0024)),
        "mouthShrugLower": face.push((0, -0.094, 0.085), (0.018, 0.012, 0.04), (0, 0.0060, 0.0012))
        + face.push((0, -0.070, 0.09), lower_lip, (0, 0, 0.0044), face.lower * free)
        + face.push((0, -0.065, 0.09), (0.017, 0.0125, 0.04), (0, 0.0050, 0.0024)),
        "cheekPuff": face.both((0.044, -0.058, 0.055), (0.016, 0.017, _WIDE), (0.0110, 0, 0.0070))
        + face.push((0, -0.063, 0.09), (0.020, 0.013, _WIDE), (0, 0, 0.0020)),
    }


def sides(face: Face) -> dict[str, Points]:
    """Return the left shapes of the mouth, by their names without "Left"."""
    lips = np.exp(-((face.beyond / 0.0045) ** 2)) * face.mouth
    pressed = lips * (0.8 + 0.2 * np.clip(np.abs(face.x) / MOUTH_HALF, 0, 1))
    thinner = (0.14 + 0.06 * face.upper) * (face.y - face.seam)
    flat = np.stack([0 * face.x, -thinner, np.full_like(face.x, -0.0026)], axis=1)
    return {
        "mouthSmile": face.push(CORNER, (0.013, 0.013, _WIDE), (0.0085, 0.0095, -0.0065))
        + face.push((0.040, -0.036, 0.075), (0.015, 0.014, _WIDE), (0.002, 0.0055, 0.0035))
        + face.push((0.012, -0.064, 0.088), (0.010, 0.012, 0.02), (0.0015, 0.001, -0.0015))
        + face.push((0.038, -0.018, 0.080), (0.016, 0.007, 0.02), (0, 0.0022, 0.0006)),
        "mouthFrown": face.push((0.025, -0.066, 0.08), (0.012, 0.013, _WIDE), (0.0015, -0.0105, -0.001))
        + face.push((0.014, -0.079, 0.08), (0.012, 0.009, _WIDE), (0, -0.0015, 0.0012))
        + face.push((0, -0.064, 0.09), (0.010, 0.010, _WIDE), (0, 0.0012, 0.0)),
        "mouthDimple": face.push((0.027, -0.063, 0.08), (0.011, 0.011, _WIDE), (0.0065, 0.0018, -0.0070)),
        "mouthStretch": face.push((0.026, -0.065, 0.08), (0.014, 0.014, _WIDE), (0.0095, -0.0040, -0.0065))
        + face.push((0.030, -0.092, 0.06), (0.015, 0.015, _WIDE), (0.003, -0.002, 0)),
        "mouthPress": pressed[:, None] * flat + face.push(CORNER, (0.010, 0.010, _WIDE), (-0.0032, -0.0006, -0.0034)),
        "mouthLowerDown": face.push(
            (0.012, -0.070, 0.088), (0.012, 0.0095, _WIDE), (0.0008, -0.0105, -0.0008), face.lower
        )
        + face.push((0.016, -0.084, 0.083), (0.013, 0.010, _WIDE), (0.0005, -0.0030, 0.0008), face.lower),
        "mouthUpperUp": face.push((0.011, -0.057, 0.090), (0.012, 0.010, _WIDE), (0.0005, 0.0085, -0.0008), face.upper)
        + face.push((0.022, -0.041, 0.085), (0.010, 0.010, _WIDE), (0.001, 0.0045, 0.0020), face.upper),
    }


def tongue(face: Face, jaw_open: Points) -> dict[str, Points]:
    """Return tongueOut; lips and jaw make way for the tongue, so that it also comes out of a closed mouth."""
    reach = smoothstep(0.15, 1.0, face.along)
    out = np.zeros_like(face.points)
    out[:, 1] = 0.0035 * smoothstep(0.1, 0.5, face.along) - 0.008 * smoothstep(0.75, 1.0, face.along)
    out[:, 2] = 0.050 * reach
    part = face.push((0, -0.069, 0.09), (0.016, 0.009, 0.04), (0, -0.0060, 0.001), face.lower)
    part += face.push((0, -0.058, 0.09), (0.016, 0.009, 0.04), (0, 0.0020, 0), face.upper)
    return {"tongueOut": out * face.tongue[:, None] + part + 0.16 * jaw_open}
