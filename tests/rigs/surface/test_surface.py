"""What retargeting by shape is built of: surfaces, and equations on them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.errors import InputError
from rigs import Material, Mesh
from rigs.surface import block_solver as blocks
from rigs.surface import mesh as surface


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a unit square in the plane z = 0 and its triangles."""
    x, y = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    corner = np.add.outer(np.arange(side - 1) * side, np.arange(side - 1)).ravel()
    first = np.stack([corner, corner + 1, corner + side + 1], 1)
    second = np.stack([corner, corner + side + 1, corner + side], 1)
    return np.stack([x.ravel(), y.ravel(), np.zeros(side**2)], 1), np.concatenate([first, second])


def test_polygons_become_fans_and_pairs_of_corners_nothing():
    mesh = Mesh(
        vertices=np.zeros((5, 3), np.float32),
        face_sizes=np.array([5, 2, 3], np.int32),
        face_vertices=np.array([0, 1, 2, 3, 4, 0, 1, 4, 2, 0], np.int32),
        face_materials=np.zeros(3, np.int32),
        materials=(Material(name="skin", color=(1, 1, 1)),),
        deltas=np.zeros((0, 5, 3), np.float32),
    )
    assert surface.triangles(mesh).tolist() == [[0, 1, 2], [0, 2, 3], [0, 3, 4], [4, 2, 0]]


def test_pieces_are_told_apart():
    _, faces = grid(4)
    labels = surface.islands(35, np.concatenate([faces, faces + 17]))
    assert labels[:16].tolist() == [0] * 16
    assert labels[16] == 16  # a vertex of no face is a piece of its own
    assert set(labels[17:33]) == {17}
    assert labels[33:].tolist() == [33, 34]


def test_normals_point_out_of_the_front():
    points, faces = grid(3)
    assert surface.normals(points, faces) == pytest.approx(np.tile([0, 0, 1], (9, 1)))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(1, 40), st.integers(1, 5), st.integers(0, 99))
def test_the_nearest_are_those_of_all_pairs(n, m, k, seed):
    random = np.random.default_rng(seed)
    queries, points = random.normal(size=(n, 3)), random.normal(size=(m, 3))
    found, far = surface.nearest(queries, points, k)
    every = np.linalg.norm(queries[:, None] - points, axis=2)
    assert far == pytest.approx(np.sort(every, axis=1)[:, : min(k, m)])
    assert np.take_along_axis(every, found, 1) == pytest.approx(far)


def test_distances_run_along_the_surface_and_not_across_a_slit():
    points, faces = grid(11)
    slit = points[:, 1] > 0.45  # two halves that touch nowhere but at the left edge
    crossing = np.array([len({bool(slit[v]) for v in face}) > 1 for face in faces])
    faces = faces[~crossing | (points[faces, 0].max(axis=1) < 0.15)]
    far = surface.along(points, surface.edges(faces), [10])
    assert far[10] == 0
    assert far[0] == pytest.approx(1.0)
    assert far[120] > 1.8  # 1 as the crow flies
    assert np.isinf(surface.along(points, surface.edges(faces), [10], limit=0.5)[120])


def test_a_picture_of_depth_shows_the_front():
    points, faces = grid(5)
    behind, before = points - [0, 0, 1], points * 0.5 + [0.25, 0.25, 2]
    image = surface.depth(
        np.concatenate([behind, before]), np.concatenate([faces, faces + 25]), np.zeros(2), 0.05, (30, 20)
    )
    assert image[10, 10] == 2
    assert image[1, 1] == -1
    assert image[25, 10] == -np.inf


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 9), st.integers(0, 9))
def test_equations_on_surfaces_are_solved_exactly(side, seed):
    random = np.random.default_rng(seed)
    _, faces = grid(side)
    n = 2 * side**2 + 1  # two pieces and a lone vertex
    pairs = surface.edges(np.concatenate([faces, faces + side**2]))
    weights = random.random(len(pairs)) + 0.1
    rows = np.concatenate([*pairs.T, pairs[:, 1], pairs[:, 0], np.arange(n)])
    columns = np.concatenate([*pairs.T, *pairs.T, np.arange(n)])
    values = np.concatenate([weights, weights, -weights, -weights, np.full(n, 0.01)])
    matrix = np.zeros((n, n))
    np.add.at(matrix, (rows, columns), values)
    right = random.normal(size=(n, 4))
    assert blocks.Factor(n, rows, columns, values).solve(right) == pytest.approx(
        np.linalg.solve(matrix, right), abs=1e-6
    )


def test_equations_too_large_are_refused(monkeypatch):
    monkeypatch.setattr(blocks, "_MEMORY", 1000)
    _, faces = grid(9)
    pairs = surface.edges(faces)
    with pytest.raises(InputError, match="81 vertices is too fine"):
        blocks.Factor(81, pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))
