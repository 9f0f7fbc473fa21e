"""Deformation transfer from the built-in head to a scanned one, held against the scan's own shapes."""

import numpy as np
import pytest

from audio2blend.channels import ARKIT
from benchmarks import transfer
from benchmarks.transfer import Comparison
from rigs.retarget.lip_contact import crossing_depths
from tests.support.head_parts import part


@pytest.fixture(scope="module")
def found(ict_rig) -> Comparison:
    return transfer.compare(ict_rig)


def by_shape(values: np.ndarray) -> dict[str, float]:
    return dict(zip(ARKIT, values.tolist(), strict=True))


def test_vertices_go_about_where_the_scan_takes_them(found):
    every = np.ones(len(found.anatomy.seen), bool)
    off, moved = found.errors_mm(every), found.motions_mm(every)
    has = moved > 0
    assert has.sum() == 51  # no tongueOut
    assert off[has].mean() < 0.5  # millimetres
    assert by_shape(off)["jawOpen"] < 0.45 * by_shape(moved)["jawOpen"]


@pytest.mark.parametrize(
    "name",
    ["jawOpen", "jawForward", "jawLeft", "mouthSmileLeft", "mouthPucker", "mouthUpperUpRight", "browOuterUpLeft"],
)
def test_skin_moves_as_the_name_says(found, name):
    assert (
        by_shape(found.errors_mm(found.anatomy.seen))[name]
        < 0.75 * by_shape(found.motions_mm(found.anatomy.seen))[name]
    )


def test_lower_teeth_move_as_one_piece(found):
    head, mesh = found.anatomy, found.made.mesh
    teeth = np.flatnonzero(part(found.made, "M_Teeth"))
    lower = teeth[head.points[teeth, 1] < head.points[head.seam.lower, 1].mean() - 0.02]
    points, moved = head.points[lower], head.frame.inwards_moves(mesh.deltas[ARKIT.index("jawOpen"), lower])
    system = np.hstack([points, np.ones((len(points), 1))])
    fitted, *_ = np.linalg.lstsq(system, points + moved, rcond=None)
    assert np.abs(system @ fitted - points - moved).max() < 1e-4
    assert np.linalg.svd(fitted[:3])[1] == pytest.approx([1, 1, 1], abs=0.15)  # turned, not stretched


def test_lips_go_no_deeper_into_each_other_than_the_neutral_has_them(found):
    rest, *depths = crossing_depths(found.anatomy, found.made, transfer.poses())
    assert max(depths) < rest + 0.00005
    own = crossing_depths(found.anatomy, found.own, transfer.poses())
    assert max(depths) < 0.3 * own.max()


def test_the_page_has_a_row_for_each_shape(found):
    text = transfer.page(found, "scan")
    assert all(f"| {name} |" in text for name in ARKIT)
    assert "| tongueOut | the rig has none |" in text
