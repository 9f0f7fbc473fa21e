"""The shapes of brows and nose; of those with a left and a right one, the left."""

from .face import Face
from .part import Points


def middle(face: Face) -> dict[str, Points]:
    """Return browInnerUp."""
    return {
        "browInnerUp": face.both((0.014, 0.024, 0.09), (0.012, 0.014, 0.04), (0, 0.0090, 0.0005))
        + face.push((0, 0.046, 0.085), (0.022, 0.014, 0.04), (0, 0.0035, 0))
    }


def sides(face: Face) -> dict[str, Points]:
    """Return the left shapes, by their names without "Left"."""
    frown = face.push((0.020, 0.024, 0.090), (0.015, 0.012, 0.04), (-0.0030, -0.0085, 0.0015))
    frown += face.push((0.040, 0.024, 0.080), (0.014, 0.012, 0.04), (-0.001, -0.0050, 0.0005))
    return {
        "browDown": frown,
        "browOuterUp": face.push((0.042, 0.025, 0.08), (0.018, 0.014, 0.04), (0, 0.0085, -0.0008))
        + face.push((0.044, 0.048, 0.07), (0.016, 0.014, 0.04), (0, 0.0035, 0)),
        "noseSneer": face.push((0.0135, -0.034, 0.092), (0.0065, 0.0085, 0.02), (0.0012, 0.0062, -0.0004))
        + face.push((0.0110, -0.018, 0.090), (0.0080, 0.0120, 0.02), (-0.0010, 0.0048, 0.0018))
        + face.push((0.0170, -0.050, 0.088), (0.0090, 0.0090, 0.02), (0, 0.0046, 0.0006), face.upper)
        + face.push((0.0150, 0.022, 0.088), (0.0100, 0.0080, 0.02), (-0.0010, -0.0030, 0.0006)),
    }
