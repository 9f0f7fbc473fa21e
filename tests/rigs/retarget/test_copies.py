"""Shapes that say and move the same: one of them is driven."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs import Rig
from rigs.retarget import by_name, fit
from tests.support import other_head
from tests.support.small_rig import patch


def with_more(name: str, *, like: str, moved: slice = slice(None)) -> Rig:
    """Return a patch with one shape more, of which `moved` vertices move as another shape's do."""
    rig = patch()
    assert rig.mesh is not None
    delta = np.zeros_like(rig.mesh.deltas[:1])
    delta[0, moved] = 0.01 if moved != slice(None) else rig.mesh.deltas[rig.shapes.index(like)]
    mesh = replace(rig.mesh, deltas=np.concatenate([rig.mesh.deltas, delta]))
    return replace(rig, shapes=(*rig.shapes, name), mesh=mesh)


@pytest.mark.parametrize("name", ["JawOpen", "JAW_OPEN", "jawOpen.2", "jawOpen.001", "jaw open"])
def test_a_shape_that_repeats_another_rests(name):
    found = by_name(with_more(name, like="jawOpen"))
    assert sorted(target.name for target in found.retarget.targets) == sorted(ARKIT)
    assert found.resting == (name,)
    assert f"at rest, since others show the same: {name}" in str(found)
    assert found.score == 1


def test_a_shape_of_the_same_name_that_moves_another_part_goes_with_it():
    """Such as that of the teeth, when meshes were joined."""
    rig = with_more("jawOpen.001", like="jawOpen", moved=slice(0, 9))
    assert rig.mesh is not None
    assert not rig.mesh.deltas[rig.shapes.index("jawOpen"), :9].any()
    found = by_name(rig)
    assert found.resting == ()
    assert [dict(target.sources) for target in found.retarget.targets if "jaw" in target.name.lower()].count(
        {"jawOpen": 1.0}
    ) == 2


def test_correctives_named_after_their_shape_rest():
    rig = patch(shapes=("jawOpen", "mouthSmileLeft", "browInnerUp", *(f"{n}_{s}" for n in range(9) for s in ARKIT[:3])))
    assert rig.mesh is not None
    names = ["jawOpen", "mouthSmileLeft", "browInnerUp"]
    rig = replace(rig, shapes=(*names, *(f"corr_{name}_{number:03}" for number in range(9) for name in names)))
    same = np.concatenate([rig.mesh.deltas[:3]] * 10)
    found = by_name(replace(rig, mesh=replace(rig.mesh, deltas=same)))
    assert [target.name for target in found.retarget.targets] == names
    assert len(found.resting) == 27


VOWELS = {"aa": "A", "ih": "I", "ou": "U", "ee": "E", "oh": "O"}
"""Expressions of VRM and the shapes that they move."""


def expressive(weight: float = 1.0) -> Rig:
    """Return a patch whose vowels are shapes, and expressions that move them."""
    rig = patch(shapes=(*VOWELS.values(), "Blink", *VOWELS))
    assert rig.mesh is not None
    deltas = rig.mesh.deltas.copy()
    deltas[-5:] = np.float32(weight) * deltas[:5]
    return replace(rig, mesh=replace(rig.mesh, deltas=deltas))


@pytest.mark.parametrize("weight", [1.0, 0.6])
def test_an_expression_and_the_shape_that_it_moves_are_not_both_driven(weight):
    found = by_name(expressive(weight))
    assert {target.name for target in found.retarget.targets} == {*VOWELS.values(), "Blink"}
    assert found.resting == tuple(VOWELS)
    clip = Clip(values=[[0.4]], channels=("jawOpen",), frame_rate=Fraction(60))
    alone = by_name(patch(shapes=(*VOWELS.values(), "Blink"))).retarget
    np.testing.assert_array_equal(found.retarget(clip).values, alone(clip).values)


@pytest.mark.slow
def test_by_shape_too_one_of_two_that_move_alike_is_driven():
    stranger, which = other_head.bent()
    assert stranger.mesh is not None
    jaw = int(np.argsort(which)[ARKIT.index("jawOpen")])
    mesh = replace(stranger.mesh, deltas=np.concatenate([stranger.mesh.deltas, 0.7 * stranger.mesh.deltas[[jaw]]]))
    solved = fit(replace(stranger, shapes=(*stranger.shapes, "expression"), mesh=mesh))
    rows = {target.name: target for target in solved.retarget.targets}
    assert rows["expression"].at_rest
    assert max(rows[stranger.shapes[jaw]].sources.values()) > 0.9


def test_names_alone_cannot_tell_and_all_are_driven():
    rig = Rig(name="list", shapes=("jawOpen", "JawOpen"))
    assert {target.name for target in by_name(rig).retarget.targets} == {"jawOpen", "JawOpen"}
