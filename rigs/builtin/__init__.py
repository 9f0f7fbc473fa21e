"""The head that comes with the project: `builtin()`."""

from functools import cache

import numpy as np

from audio2blend.channels import ARKIT

from ..rig import Joint, Material, Mesh, Rig
from . import dress, eyes, hair, mouth, shapes, skin
from .part import Index, Part, Points, joined, smoothstep

MATERIALS = (
    Material(name="skin", color=(0.70, 0.40, 0.29), roughness=0.5, subsurface=0.2),
    Material(name="lips", color=(0.56, 0.20, 0.17), roughness=0.4, subsurface=0.2),
    Material(name="lid rim", color=(0.50, 0.24, 0.19), roughness=0.5),
    Material(name="mouth", color=(0.07, 0.012, 0.012), roughness=0.6),
    Material(name="sclera", color=(0.86, 0.85, 0.83), roughness=0.2),
    Material(name="iris inner", color=(0.12, 0.235, 0.175), roughness=0.2),
    Material(name="iris", color=(0.09, 0.19, 0.15), roughness=0.2),
    Material(name="iris rim", color=(0.03, 0.06, 0.05), roughness=0.2),
    Material(name="pupil", color=(0.004, 0.004, 0.004), roughness=0.3),
    Material(name="teeth", color=(0.82, 0.79, 0.71), roughness=0.3),
    Material(name="gums", color=(0.45, 0.13, 0.12), roughness=0.4),
    Material(name="tongue", color=(0.55, 0.17, 0.16), roughness=0.5),
    Material(name="brows", color=(0.045, 0.024, 0.014), roughness=0.8),
    Material(name="lashes", color=(0.012, 0.008, 0.006), roughness=0.8),
    Material(name="hair", color=(0.075, 0.036, 0.018), roughness=0.6),
    Material(name="shirt", color=(0.08, 0.16, 0.26), roughness=0.9),
)


def _opposite(part: Part) -> Index:
    """Return for every vertex of a symmetric part the one at the mirrored place."""
    x, y, z = part.vertices.T
    # Lips touch: what lies above and below the seam, and in front of and behind it, must not be mistaken.
    tag = sum(part.fields.get(name, np.zeros(len(x))) * k for name, k in (("upper", 1.0), ("inner", 0.1)))
    key = 0.713 * np.abs(x) + y + 0.371 * z + tag
    middle = np.abs(x) < 1e-9
    left, right = np.flatnonzero((x > 0) & ~middle), np.flatnonzero((x < 0) & ~middle)
    left, right = left[np.argsort(key[left])], right[np.argsort(key[right])]
    out = np.arange(len(x))
    out[left], out[right] = right, left
    return out


@cache
def builtin() -> Rig:
    """Return the built-in head."""
    body, rings = skin.build()
    eye, brow, ear = eyes.build(), dress.brow(), dress.ear()
    lash = dress.lashes(body, rings["left_lid"])
    still = [hair.build(), dress.shirt()]
    for part in still:
        part.fields["still"] = np.ones(len(part.vertices))
    pairs = []
    for part in (eye, brow, ear, lash):
        other = part.mirrored(part.name.replace("left", "right"))
        if "eye" in other.fields:
            other.fields["eye"] = -other.fields["eye"]
        pairs += [part, other]
    single = [body, mouth.teeth("upper"), mouth.teeth("lower"), mouth.tongue()]
    head = joined("head", single + pairs + still)
    p = head.vertices
    mirror = np.arange(len(p))
    start = 0
    for part in single:
        n = len(part.vertices)
        mirror[start : start + n] = start + _opposite(part)
        start += n
    for left, right in zip(pairs[::2], pairs[1::2], strict=True):
        n = len(left.vertices)
        mirror[start : start + n] = np.arange(start + n, start + 2 * n)
        mirror[start + n : start + 2 * n] = np.arange(start, start + n)
        start += 2 * n
    deltas = shapes.build(head, mirror)
    names = [m.name for m in MATERIALS]
    sizes, corners, material = [], [], []
    for name, group in head.faces.items():
        for faces in group:
            sizes.append(np.full(len(faces), faces.shape[1]))
            corners.append(faces.ravel())
            material.append(np.full(len(faces), names.index(name)))
    lips, n = rings["lips"], len(rings["lips"])
    q = n // 4
    n_half = len(rings["left_lid"]) // 2
    mesh = Mesh(
        vertices=p.astype(np.float32),
        face_sizes=np.concatenate(sizes).astype(np.int32),
        face_vertices=np.concatenate(corners).astype(np.int32),
        face_materials=np.concatenate(material).astype(np.int32),
        materials=MATERIALS,
        deltas=deltas.astype(np.float32),
    )
    height = p[:, 1] + 0.35 * p[:, 2]
    follow = smoothstep(-0.165, -0.095, height)
    follow[-len(still[1].vertices) :] = 0
    return Rig(
        name="builtin",
        shapes=ARKIT,
        mesh=mesh,
        joints=(
            Joint(name="root", parent=None, position=(0.0, -0.30, -0.02), weights=(1 - follow).astype(np.float32)),
            Joint(name="head", parent="root", position=(0.0, -0.045, -0.020), weights=follow.astype(np.float32)),
        ),
        landmarks={
            "upperLip": tuple(int(i) for i in lips[q - 1 : q + 2]),
            "lowerLip": tuple(int(i) for i in lips[3 * q - 1 : 3 * q + 2]),
            "mouthCorners": (int(lips[0]), int(lips[n // 2])),
            "eyeCorners": (int(rings["left_lid"][0]), int(rings["right_lid"][0])),
        },
    )
