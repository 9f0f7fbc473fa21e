"""The 52 shapes: what each adds to the vertices at weight 1."""

from collections.abc import Callable

import numpy as np

from audio2blend.channels import ARKIT

from . import form, skin
from .form import CONDYLE, EYE, EYE_RADIUS, MOUTH_HALF, MOUTH_Y
from .part import Index, Part, Points, smoothstep

JAW_DEGREES = 23.0
CORNER = (0.0255, -0.0630, 0.0800)


def _turn(points: Points, pivot: Points, axis: int, radians: Points | float) -> Points:
    """Return what a right-handed turn about an axis through `pivot` adds to the points."""
    a, b = (axis + 1) % 3, (axis + 2) % 3
    p = points - pivot
    out = np.zeros_like(p)
    cos, sin = np.cos(radians), np.sin(radians)
    out[:, a] = p[:, a] * cos - p[:, b] * sin - p[:, a]
    out[:, b] = p[:, a] * sin + p[:, b] * cos - p[:, b]
    return out


class Face:
    """The rest pose with the weights that the shapes are made of."""

    def __init__(self, head: Part) -> None:
        self.p = head.vertices
        get = lambda key: head.fields.get(key, np.zeros(len(self.p)))  # noqa: E731
        self.x, self.y, self.z = self.p.T
        self.ball, self.teeth, self.tongue, self.along = get("ball"), get("teeth"), get("tongue"), get("along")
        self.lid, self.psi, self.eye = get("lid"), get("lid_psi"), get("eye")
        self.roll, self.inner, self.lip = get("roll"), get("inner"), get("lip")
        rigid = (self.ball + np.abs(self.teeth) + self.tongue + get("still")) > 0
        self.soft = np.where(rigid, 0.0, 1.0)
        self.line = skin.lip_line(np.clip(self.x, -0.03, 0.03))
        u = np.clip(np.abs(self.x) / MOUTH_HALF, 0, 1)
        self.slit = np.sqrt(1 - u**2)
        side = np.sign(get("upper"))
        above = np.tanh((self.y - self.line) / 0.012)
        self.upper = 0.5 + 0.5 * (self.slit * side + (1 - self.slit) * above)
        self.lower = 1 - self.upper
        self.left = smoothstep(-0.008, 0.008, self.x)
        self.deep = np.where(self.inner > 0, self.lip, 1.0)
        height = np.where(side > 0, skin.lip_height(self.x, True), skin.lip_height(self.x, False))
        self.beyond = np.maximum(np.abs(self.y - self.line) - height, 0) * (self.inner == 0)
        r2 = (self.x / 0.036) ** 2 + ((self.y - MOUTH_Y) / 0.021) ** 2
        front = smoothstep(0.02, 0.05, self.z)
        self.mouth = np.exp(-(r2**2)) * self.soft * self.deep * front
        neck = smoothstep(-0.143, -0.105, self.y) * smoothstep(-0.025, 0.035, self.z)
        base = smoothstep(-0.045, -0.085, self.y)
        c = self.slit**1.2
        jaw = np.where(side >= 0, base * (1 - c), 1 - (1 - base) * (1 - c))
        held = 0.34 * smoothstep(-0.036, -0.054, self.y) + 0.66 * smoothstep(-0.073, -0.098, self.y)
        held = np.where(self.inner > 0, 0.34, held)
        mandible = ((self.teeth < 0) | (self.tongue > 0)).astype(float)
        self.jaw = np.where(mandible > 0, 1.0, jaw * neck * self.soft)
        self.held = np.where(mandible > 0, 1.0, held * neck * self.soft)

    def push(self, at: tuple[float, float, float], spread: tuple[float, float, float], move: tuple[float, float, float],
             mask: Points | float = 1.0) -> Points:
        """Return a bell-shaped push of the soft parts around a point."""
        bell = np.exp(-0.5 * (((self.p - at) / spread) ** 2).sum(1)) * self.soft
        return (bell * mask * np.where(self.inner > 0, self.deep, 1.0))[:, None] * np.array(move)

    # Lids

    def lids(self, upper: Callable[[Points, Points], Points], lower: Callable[[Points, Points], Points], lift: float = 0.0) -> Points:
        """Return the left lids turned by angles, as functions of the rest angles of the upper and lower edge."""
        psi = self.psi
        radius = EYE_RADIUS + 0.0016
        x, high = skin.eye_contour(np.arccos(np.clip(np.cos(psi), -1, 1)))
        _, low = skin.eye_contour(-np.arccos(np.clip(np.cos(psi), -1, 1)))
        rho = np.sqrt(radius**2 - x**2)
        top, bottom = np.arcsin(high / rho), np.arcsin(low / rho)
        is_lid = (self.eye > 0) & (self.ball == 0)
        fall = smoothstep(0.0, 0.97, self.lid) * is_lid
        upper_side = np.sin(psi) >= -1e-9
        angle = np.where(upper_side, upper(top, bottom), lower(top, bottom)) * fall
        out = _turn(self.p, EYE, 0, -angle)
        if lift:
            radial = self.p - EYE
            radial /= np.linalg.norm(radial, axis=1)[:, None] + 1e-9
            out += radial * (lift * fall)[:, None]
        return out * is_lid[:, None]

    def gaze(self, yaw: float, pitch: float) -> Points:
        """Return the left eyeball turned by degrees: yaw to the left, pitch upwards."""
        ball = ((self.ball > 0) & (self.eye > 0))[:, None]
        return (_turn(self.p, EYE, 1, np.radians(yaw)) + _turn(self.p, EYE, 0, -np.radians(pitch))) * ball


def left_shapes(f: Face) -> dict[str, Points]:
    """Return the shapes of the left side by their name without "Left"."""
    s: dict[str, Points] = {}
    seam = 0.20
    close_upper = lambda t, b: b + seam * (t - b) - t  # noqa: E731
    close_lower = lambda t, b: seam * (t - b)  # noqa: E731
    open_ = lambda t, b: t - b  # noqa: E731
    s["eyeBlink"] = f.lids(close_upper, close_lower, 0.0010) + f.push((0.034, 0.022, 0.085), (0.02, 0.010, 0.02), (0, -0.0012, 0))
    s["eyeLookDown"] = f.gaze(0, -24) + f.lids(lambda t, b: -0.34 * open_(t, b), lambda t, b: -0.12 * open_(t, b), 0.0004)
    s["eyeLookUp"] = f.gaze(0, 20) + f.lids(lambda t, b: 0.14 * open_(t, b), lambda t, b: 0.08 * open_(t, b), 0.0002)
    s["eyeLookIn"] = f.gaze(-26, 0) + f.push((0.034, 0.0, 0.08), (0.014, 0.010, 0.02), (-0.0008, 0, 0))
    s["eyeLookOut"] = f.gaze(26, 0) + f.push((0.034, 0.0, 0.08), (0.014, 0.010, 0.02), (0.0008, 0, 0))
    s["eyeSquint"] = (f.lids(lambda t, b: -0.16 * open_(t, b), lambda t, b: 0.30 * open_(t, b), 0.0006)
                      + f.push((0.036, -0.020, 0.08), (0.017, 0.008, 0.02), (0, 0.0035, 0.001)))
    s["eyeWide"] = (f.lids(lambda t, b: 0.24 * open_(t, b), lambda t, b: -0.08 * open_(t, b), 0.0004)
                    + f.push((0.034, 0.020, 0.085), (0.02, 0.010, 0.02), (0, 0.0025, 0)))
    left = f.left
    s["mouthSmile"] = (f.push(CORNER, (0.013, 0.013, 0.03), (0.0085, 0.0095, -0.0065), left)
                       + f.push((0.040, -0.0360, 0.075), (0.015, 0.014, 0.03), (0.002, 0.0055, 0.0035))
                       + f.push((0.012, -0.0640, 0.088), (0.010, 0.012, 0.02), (0.0015, 0.001, -0.0015), left)
                       + f.push((0.038, -0.018, 0.08), (0.016, 0.007, 0.02), (0, 0.0022, 0.0006)))
    s["mouthFrown"] = (f.push((0.024, -0.0660, 0.08), (0.012, 0.013, 0.03), (0.0015, -0.0090, -0.001), left)
                       + f.push((0.014, -0.0790, 0.08), (0.012, 0.009, 0.03), (0, -0.0015, 0.0012), left))
    s["mouthDimple"] = f.push((0.026, -0.0630, 0.08), (0.011, 0.011, 0.03), (0.0060, 0.0018, -0.0065), left)
    s["mouthStretch"] = (f.push((0.025, -0.0650, 0.08), (0.014, 0.014, 0.03), (0.0095, -0.0040, -0.0065), left)
                         + f.push((0.030, -0.0920, 0.06), (0.015, 0.015, 0.03), (0.003, -0.002, 0)))
    lips = np.exp(-((f.beyond / 0.0045) ** 2)) * f.mouth
    s["mouthPress"] = (lips * left * (0.3 + 0.7 * (np.abs(f.x) / 0.024).clip(0, 1)))[:, None] * np.stack(
        [0 * f.x, -0.42 * (f.y - f.line), np.full_like(f.x, -0.0024)], 1)
    s["mouthPress"] += f.push(CORNER, (0.010, 0.010, 0.03), (0.0010, 0.0010, -0.0030), left)
    low = f.lower * f.soft
    s["mouthLowerDown"] = (f.push((0.0120, -0.0700, 0.088), (0.0120, 0.0095, 0.03), (0.0008, -0.0105, -0.0008), left * low)
                           + f.push((0.016, -0.0840, 0.083), (0.013, 0.010, 0.03), (0.0005, -0.0030, 0.0008), left * low))
    high = f.upper * f.soft
    s["mouthUpperUp"] = (f.push((0.0110, -0.0570, 0.090), (0.0120, 0.0100, 0.03), (0.0005, 0.0085, -0.0008), left * high)
                         + f.push((0.022, -0.0410, 0.085), (0.010, 0.010, 0.03), (0.001, 0.0045, 0.0020), left * high))
    s["browDown"] = (f.push((0.020, 0.026, 0.090), (0.015, 0.012, 0.04), (-0.0030, -0.0085, 0.0015))
                     + f.push((0.040, 0.026, 0.080), (0.014, 0.012, 0.04), (-0.001, -0.0050, 0.0005)))
    s["browDown"] *= smoothstep(-0.004, 0.006, f.x)[:, None]
    s["browOuterUp"] = (f.push((0.042, 0.027, 0.08), (0.018, 0.014, 0.04), (0, 0.0085, -0.0008))
                        + f.push((0.044, 0.050, 0.07), (0.016, 0.014, 0.04), (0, 0.0035, 0)))
    s["cheekSquint"] = (f.push((0.040, -0.028, 0.075), (0.016, 0.012, 0.03), (0.0005, 0.0075, 0.0030))
                        + f.lids(lambda t, b: 0 * t, lambda t, b: 0.18 * open_(t, b), 0.0005))
    s["noseSneer"] = (f.push((0.0135, -0.0370, 0.092), (0.0065, 0.0085, 0.02), (0.0012, 0.0058, -0.0004), left)
                      + f.push((0.0110, -0.020, 0.090), (0.0080, 0.0120, 0.02), (-0.0010, 0.0045, 0.0016), left)
                      + f.push((0.0170, -0.0500, 0.088), (0.0090, 0.0090, 0.02), (0, 0.0042, 0.0006), left * high)
                      + f.push((0.0150, 0.022, 0.088), (0.0100, 0.0080, 0.02), (-0.0010, -0.0030, 0.0006), left))
    return s


def middle_shapes(f: Face) -> dict[str, Points]:
    """Return the shapes that belong to neither side, and the left ones of "jaw" and "mouth"."""
    s: dict[str, Points] = {}
    opening = _turn(f.p, CONDYLE, 0, np.radians(JAW_DEGREES))
    s["jawOpen"] = f.jaw[:, None] * opening + f.push((0, -0.058, 0.09), (0.020, 0.009, 0.04), (0, 0.0022, 0.0), f.upper * f.slit)
    s["mouthClose"] = (f.held[:, None] * opening - s["jawOpen"]) * f.soft[:, None]
    s["jawForward"] = f.held[:, None] * np.array([0, -0.0005, 0.0085])
    s["jawLeft"] = f.held[:, None] * np.array([0.0090, 0, -0.0005])
    ring = f.mouth[:, None]
    dy = f.y - f.line
    part = (f.upper - f.lower) * f.slit
    beyond = np.exp(-((f.beyond / 0.010) ** 2))
    s["mouthFunnel"] = ring * np.stack(
        [-0.26 * f.x, part * 0.0068 * beyond, 0.0085 * beyond + 0.002 + 0.0015 * f.slit * np.abs(part)], 1)
    s["mouthPucker"] = ring * np.stack([-0.46 * f.x, 0.10 * dy, 0.0105 * beyond + 0.001], 1)
    s["mouthLeft"] = (ring * np.array([0.0100, 0.0, 0.0]) + ring * np.stack([0 * f.x, 0 * f.x, -0.003 * np.clip(f.x / 0.024, -1, 1.3)], 1))
    roll = np.exp(-((f.beyond / 0.0040) ** 2)) * f.mouth * np.sqrt(f.slit)
    inward = np.stack([0 * f.x, -0.72 * dy, -0.0050 * (0.35 + 0.65 * f.roll)], 1)
    s["mouthRollUpper"] = (roll * f.upper)[:, None] * inward + f.push((0, -0.0520, 0.09), (0.016, 0.006, 0.03), (0, -0.0020, -0.0006), f.upper)
    s["mouthRollLower"] = (roll * f.lower)[:, None] * inward + f.push((0, -0.0780, 0.085), (0.016, 0.006, 0.03), (0, 0.0020, -0.0004), f.lower)
    s["mouthShrugLower"] = (f.push((0, -0.0940, 0.085), (0.018, 0.012, 0.04), (0, 0.0055, 0.0012))
                            + f.push((0, -0.0700, 0.09), (0.017, 0.0075, 0.04), (0, 0.0040, 0.0038), f.lower)
                            + f.push((0, -0.0620, 0.09), (0.016, 0.010, 0.04), (0, 0.0030, 0.0010)))
    s["mouthShrugUpper"] = (f.push((0, -0.0580, 0.09), (0.017, 0.009, 0.04), (0, 0.0038, 0.0034), f.upper)
                            + f.push((0, -0.0580, 0.09), (0.017, 0.009, 0.04), (0, 0.0010, 0.0)))
    s["browInnerUp"] = (f.push((0.014, 0.026, 0.09), (0.012, 0.014, 0.04), (0, 0.0090, 0.0005))
                        + f.push((-0.014, 0.026, 0.09), (0.012, 0.014, 0.04), (0, 0.0090, 0.0005))
                        + f.push((0, 0.048, 0.085), (0.022, 0.014, 0.04), (0, 0.0035, 0)))
    s["cheekPuff"] = (f.push((0.044, -0.0580, 0.055), (0.016, 0.017, 0.03), (0.0100, 0, 0.0060))
                      + f.push((-0.044, -0.0580, 0.055), (0.016, 0.017, 0.03), (-0.0100, 0, 0.0060))
                      + f.push((0, -0.0630, 0.09), (0.020, 0.013, 0.03), (0, 0, 0.0020)))
    out = np.zeros_like(f.p)
    a = f.along
    reach = smoothstep(0.15, 1.0, a)
    out[:, 2] = 0.046 * reach
    out[:, 1] = 0.003 * smoothstep(0.1, 0.5, a) - 0.008 * smoothstep(0.75, 1.0, a)
    out *= (f.tongue > 0)[:, None]
    part_lips = f.push((0, -0.0690, 0.09), (0.016, 0.009, 0.04), (0, -0.0060, 0.001), low := f.lower * f.soft)
    s["tongueOut"] = out + part_lips + f.push((0, -0.0580, 0.09), (0.016, 0.009, 0.04), (0, 0.0015, 0), f.upper) + 0.16 * s["jawOpen"]
    return s


def build(head: Part, mirror: Index) -> Points:
    """Return the deltas of all shapes, shape (52, n, 3); `mirror` maps each vertex to the one opposite."""
    face = Face(head)
    made = middle_shapes(face)
    for name, delta in left_shapes(face).items():
        made[f"{name}Left"] = delta
    for name in [n for n in made if n.endswith("Left")]:
        made[name[:-4] + "Right"] = made[name][mirror] * [-1, 1, 1]
    return np.stack([made[name] for name in ARKIT])
