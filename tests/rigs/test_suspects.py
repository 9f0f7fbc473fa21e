"""Shapes that do not move as they are called are found, and only those."""

from dataclasses import replace

import numpy as np
import pytest

from rigs import Rig, builtin
from rigs.inspect import Kind, suspects
from rigs.retarget import Retarget, Target, by_name
from rigs.still import still_shapes
from rigs.surface.mesh import islands, triangles
from tests.support.head_parts import EYEBALL, part
from tests.support.rig_names import OCULUS
from tests.support.small_rig import patch


def spoiled(**sources: str | float) -> Rig:
    """Return the built-in head whose named shapes do what another does, or their own times a factor."""
    rig = builtin()
    assert rig.mesh is not None
    deltas = rig.mesh.deltas.copy()
    for shape, source in sources.items():
        own = rig.mesh.deltas[rig.shapes.index(source if isinstance(source, str) else shape)]
        deltas[rig.shapes.index(shape)] = own if isinstance(source, str) else own * source
    return replace(rig, mesh=replace(rig.mesh, deltas=deltas))


def found(rig: Rig) -> list[tuple[Kind, tuple[str, ...]]]:
    return [(suspect.kind, suspect.shapes) for suspect in suspects(rig, by_name(rig).retarget)]


def test_the_built_in_head_is_above_suspicion():
    assert found(builtin()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mouthSmileLeft": 0.0}, [("dead", ("mouthSmileLeft",))]),
        (
            {"eyeBlinkLeft": "eyeBlinkRight", "eyeBlinkRight": "eyeBlinkLeft"},
            [("swapped", ("eyeBlinkLeft", "eyeBlinkRight"))],
        ),
        ({"mouthFrownRight": "mouthFrownLeft"}, [("one-sided", ("mouthFrownRight",))]),
        ({"browOuterUpLeft": "browInnerUp"}, [("one-sided", ("browOuterUpLeft",))]),
        ({"jawOpen": "browInnerUp"}, [("place", ("jawOpen",))]),
        ({"browInnerUp": "jawOpen"}, [("place", ("browInnerUp",))]),
        ({"jawOpen": -1.0}, [("direction", ("jawOpen",))]),
        ({"jawLeft": "jawRight"}, [("direction", ("jawLeft",))]),
        ({"noseSneerLeft": 100.0}, [("length", ("noseSneerLeft",))]),
        ({"eyeBlinkRight": 0.01}, [("length", ("eyeBlinkRight",))]),
    ],
    ids=str,
)
def test_what_is_wrong_is_found_and_nothing_else(changes, expected):
    assert found(spoiled(**changes)) == expected


def test_all_that_is_wrong_is_found_at_once_and_told_in_words():
    rig = spoiled(jawOpen="browInnerUp", tongueOut=0.0, mouthPucker=50.0, eyeBlinkLeft=1 / 22)
    sentences = [suspect.sentence for suspect in suspects(rig, by_name(rig).retarget)]
    assert sentences == [
        "tongueOut moves nothing, but should show tongueOut",
        "jawOpen moves the brow, but should show jawOpen",
        "mouthPucker goes 50 times as far as mouthPucker should: are its units or scale off?",
        "eyeBlinkLeft hardly moves, 1/22 of what eyeBlinkLeft should: are its units or scale off?",
    ]


def over_meshes(rig: Rig, naming: str) -> Rig:
    """Return a rig whose every shape is three, one for the skin, one for the left eye and one for the rest."""
    assert rig.mesh is not None
    island = islands(len(rig.mesh.vertices), triangles(rig.mesh))
    skin = island == np.bincount(island).argmax()
    eye = part(rig, *EYEBALL) & (rig.mesh.vertices[:, 0] > 0)
    deltas, names = [], []
    for number, (mesh, held) in enumerate((("Head", skin), ("EyeLeft", eye), ("Teeth", ~skin & ~eye)), start=1):
        deltas.append(rig.mesh.deltas * held[:, None])
        names += [naming.format(mesh=mesh, name=name, copy=number if number > 1 else "") for name in rig.shapes]
    return replace(rig, shapes=tuple(names), mesh=replace(rig.mesh, deltas=np.concatenate(deltas)))


@pytest.mark.slow
@pytest.mark.parametrize("naming", ["{name}{copy}", "{mesh}_blendShape{copy}.{name}", "{mesh}_{name}"])
def test_what_several_meshes_have_of_a_shape_is_judged_as_one(naming):
    """As Blender writes them to USD and Maya to FBX: an eye alone need not do what a face does."""
    rig = over_meshes(builtin(), naming)
    assert len(still_shapes(rig)) > 50
    assert found(rig) == []
    assert by_name(rig).score == 1
    name = naming.format(mesh="Head", name="eyeBlinkLeft", copy="")
    wrong = over_meshes(spoiled(eyeBlinkLeft="eyeBlinkRight"), naming)
    assert found(wrong) == [("one-sided", (name,))]
    dead = over_meshes(spoiled(eyeBlinkLeft=0.0), naming)
    copies = tuple(shape for shape in dead.shapes if "eyeBlinkLeft" in shape)
    assert found(dead) == [("dead", copies)]


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_size_and_place_of_the_head_do_not_matter(factor):
    rig = spoiled(eyeBlinkLeft="eyeBlinkRight", eyeBlinkRight="eyeBlinkLeft")
    assert rig.mesh is not None
    moved = replace(
        rig.mesh, vertices=rig.mesh.vertices * np.float32(factor) + 3, deltas=rig.mesh.deltas * np.float32(factor)
    )
    assert found(replace(rig, mesh=moved)) == [("swapped", ("eyeBlinkLeft", "eyeBlinkRight"))]


def test_a_map_says_what_a_shape_should_do_whatever_it_is_called():
    rig = builtin()
    named = replace(rig, shapes=tuple(f"shape_{index}" for index in range(len(rig.shapes))))
    right = [Target(name=named.shapes[index], sources={shape: 0.8}) for index, shape in enumerate(rig.shapes)]
    assert suspects(named, Retarget(name="right", targets=tuple(right))) == ()
    jaw = rig.shapes.index("jawOpen")
    wrong = [replace(target, sources={"browInnerUp": 1}) if n == jaw else target for n, target in enumerate(right)]
    kinds = [(suspect.kind, suspect.shapes) for suspect in suspects(named, Retarget(name="w", targets=tuple(wrong)))]
    assert kinds == [("place", (f"shape_{jaw}",))]


def test_nothing_is_said_of_a_shape_that_follows_a_turn():
    rig = builtin()
    look = Target(name="eyeLookUpLeft", sources={"leftEyePitch": 0.04})
    assert suspects(rig, Retarget(name="turns", targets=(look,))) == ()


def test_nothing_is_said_of_names_without_a_mesh_and_of_poses():
    names = Rig(name="names", shapes=builtin().shapes)
    assert suspects(names, by_name(names).retarget) == ()
    visemes = patch(shapes=OCULUS)
    assert suspects(visemes, by_name(visemes).retarget) == ()


def test_a_client_rig_in_order_is_above_suspicion(ict_rig):
    assert found(ict_rig) == []
