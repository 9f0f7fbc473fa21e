"""Shapes that say and move the same: one of them is driven."""

from dataclasses import replace

import numpy as np
import pytest
from small_rig import patch

from audio2blend.channels import ARKIT
from rigs import Rig
from rigs.retarget import by_name


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


def test_names_alone_cannot_tell_and_all_are_driven():
    rig = Rig(name="list", shapes=("jawOpen", "JawOpen"))
    assert {target.name for target in by_name(rig).retarget.targets} == {"jawOpen", "JawOpen"}
