"""The skin: a grid around the head in which rings replace a block of cells at each eye and at the mouth."""

import numpy as np

from . import form, lids, lips
from .part import Index, Part, Points, cap

FRONT, BACK = 28, 12
"""Columns from the middle of the face to the side, and on to the back."""
EYE_COLUMNS = (4, 20)
"""Columns that bound the block of the left eye, counted from the middle."""
MOUTH_COLUMNS = 13
"""Columns from the middle to the side of the mouth's block."""
MOUTH_ROWS, EYE_ROWS = 14, 16
MOUTH_SPAN, EYE_SPAN = (-0.0870, -0.0475), (-0.0240, 0.0235)
"""Lowest and highest y of the blocks, in metres."""
HAIRLINE = 0.075


def build() -> tuple[Part, dict[str, Index]]:
    """Return the skin with lids, lips and the inside of the mouth, and three of its rings: "left_lid" and
    "right_lid" from the outer corner over the top, "lips" along the seam from the left corner over the top."""
    angles, (rows, mouth_row, eye_row) = _columns(), _rows()
    shape, middle = (len(rows), len(angles)), len(angles) // 2
    points = form.surface(angles[None, :], rows[:, None])
    part = Part("skin")
    above = np.where(points[..., 1] > lips.seam(points[..., 0]), 1.0, -1.0)
    grid = part.grow(points.reshape(-1, 3), upper=above.ravel()).reshape(shape)

    near, far = EYE_COLUMNS
    eye_rows, mouth_rows = (eye_row, eye_row + EYE_ROWS), (mouth_row, mouth_row + MOUTH_ROWS)
    left_eye = (*eye_rows, middle + near, middle + far)
    right_eye = (*eye_rows, middle - far, middle - near)
    mouth = (*mouth_rows, middle - MOUTH_COLUMNS, middle + MOUTH_COLUMNS)
    keep = np.ones((shape[0] - 1, shape[1]), bool)
    for j0, j1, i0, i1 in (left_eye, right_eye, mouth):
        keep[j0:j1, i0:i1] = False
    right = np.roll(grid, -1, axis=1)
    part.add("skin", np.stack([grid[:-1], right[:-1], right[1:], grid[1:]], axis=-1)[keep])
    part.add("skin", *cap(np.roll(grid[-1], -middle)))

    left_ring, right_ring = _border(grid, *left_eye), _border(grid, *right_eye)
    mirrored = np.roll(right_ring[::-1], 1 - len(right_ring) // 2)
    rings = {
        "left_lid": lids.fill(part, left_ring, 1),
        "right_lid": lids.fill(part, mirrored, -1),
        "lips": lips.fill(part, _border(grid, *mouth)),
    }
    return _without_loose(part, rings)


def _columns() -> Points:
    """Return the angle of every column from the back over the right, the front and the left; dense in front."""
    k = np.arange(FRONT + 1) / FRONT
    front = np.arcsin(0.60 * k + 0.40 * k**2.2) * (1 - 0.25 * k**3)
    front *= np.pi / 2 / front[-1]
    half = np.concatenate([front, np.linspace(np.pi / 2, np.pi, BACK + 1)[1:]])
    return np.concatenate([-half[:0:-1], half[:-1]])


def _rows() -> tuple[Points, int, int]:
    """Return the key of every row from the neck up, and the first row of the mouth and of the eyes."""
    spans = (
        np.linspace(0, 4.6, 10),
        np.linspace(4.6, form.key_at_front(np.array(MOUTH_SPAN[0])), 8),
        form.key_at_front(np.linspace(*MOUTH_SPAN, MOUTH_ROWS + 1)),
        form.key_at_front(np.linspace(MOUTH_SPAN[1], EYE_SPAN[0], 14)),
        form.key_at_front(np.linspace(*EYE_SPAN, EYE_ROWS + 1)),
        form.key_at_front(np.linspace(EYE_SPAN[1], HAIRLINE, 11)),
        np.linspace(form.key_at_front(np.array(HAIRLINE)), len(form.SECTIONS) - 1, 7),
    )
    starts = np.cumsum([0] + [len(span) - 1 for span in spans])
    rows = np.concatenate([span[:-1] for span in spans] + [spans[-1][-1:]])
    return rows, int(starts[2]), int(starts[4])


def _border(grid: Index, j0: int, j1: int, i0: int, i1: int) -> Index:
    """Return the border of a block of the grid, counter-clockwise from the middle of its right side."""
    jm = (j0 + j1) // 2
    sides = (grid[jm:j1, i1], grid[j1, i1:i0:-1], grid[j1:j0:-1, i0], grid[j0, i0:i1], grid[j0:jm, i1])
    return np.concatenate(sides)


def _without_loose(part: Part, rings: dict[str, Index]) -> tuple[Part, dict[str, Index]]:
    """Return the part without the vertices that no face uses, and the rings renumbered."""
    used = np.unique(np.concatenate([faces.ravel() for group in part.faces.values() for faces in group]))
    index = np.full(len(part.vertices), -1)
    index[used] = np.arange(len(used))
    faces = {material: [index[quads] for quads in group] for material, group in part.faces.items()}
    fields = {key: values[used] for key, values in part.fields.items()}
    return Part(part.name, part.vertices[used], faces, fields), {key: index[ring] for key, ring in rings.items()}
