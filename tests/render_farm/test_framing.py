"""Previews and contact sheets look at the face, whatever else the shapes of a character move."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import rigs
from audio2blend.channels import ARKIT
from render_farm import RenderSettings, stills
from render_farm.framing import Frame, frame
from rigs import Mesh, Rig
from tests.support.body_rig import body
from tests.support.commands import command

HEAD = rigs.builtin()


def with_hair(rig: Rig, *, shape: bool = True) -> Rig:
    """Return a rig with a tower of hair, 60 cm up and 40 cm down, and a shape that swings it."""
    mesh = rig.mesh
    assert mesh is not None
    tower = np.array([[x, y, -0.1] for y in (-0.5, 0.6) for x in (-0.05, 0.05)], np.float32)
    deltas = np.zeros((len(mesh.deltas) + shape, len(mesh.vertices) + 4, 3), np.float32)
    deltas[: len(mesh.deltas), :-4] = mesh.deltas
    if shape:
        deltas[-1, -4:] = [0.5, 0.5, 0]
    joints = tuple(replace(j, weights=np.append(j.weights, np.float32([j.name == "head"] * 4))) for j in rig.joints)
    return replace(
        rig,
        shapes=(*rig.shapes, "Hair_Wind") if shape else rig.shapes,
        joints=joints,
        mesh=Mesh(
            vertices=np.concatenate([mesh.vertices, tower]),
            face_sizes=np.append(mesh.face_sizes, np.int32(4)),
            face_vertices=np.append(mesh.face_vertices, len(mesh.vertices) + np.int32([0, 1, 3, 2])),
            face_materials=np.append(mesh.face_materials, np.int32(0)),
            materials=mesh.materials,
            deltas=deltas,
        ),
    )


def nameless(rig: Rig) -> Rig:
    return replace(rig, shapes=tuple(f"shape_{number}" for number in range(len(rig.shapes))))


def close(found: Frame, wanted: Frame, within: float = 0.15) -> bool:
    """Return whether two frames show the same, to a share of their side."""
    apart = max(np.abs(found.centre - wanted.centre)[:2].max(), abs(found.side - wanted.side))
    return bool(apart < within * wanted.side)


def test_the_head_that_comes_along_is_shown_from_crown_to_shoulders():
    place = frame(HEAD)
    assert HEAD.mesh is not None
    top = HEAD.mesh.vertices[:, 1].max()
    assert place.centre[1] + place.side / 2 - top == pytest.approx(0.08 * place.side)
    assert place.side == pytest.approx(0.367, abs=0.01)


@pytest.mark.parametrize("shape", [True, False])
def test_hair_does_not_make_the_face_small(shape):
    assert close(frame(with_hair(HEAD, shape=shape)), frame(HEAD))
    assert close(frame(nameless(with_hair(HEAD, shape=shape))), frame(nameless(HEAD)), within=0.2)


def test_a_head_on_a_body_and_one_without_shapes_are_found():
    assert close(frame(body()), frame(HEAD), within=0.25)
    bare = replace(body(bones_alone=True))
    assert close(frame(bare), frame(HEAD), within=0.25)


@pytest.mark.parametrize("parts", [("eye",), ("mouth", "jaw")])
def test_eyes_alone_or_a_mouth_alone_show_the_whole_head(parts):
    assert HEAD.mesh is not None
    rows = [row for row, name in enumerate(ARKIT) if name.startswith(parts)]
    some = replace(
        HEAD, shapes=tuple(ARKIT[row] for row in rows), mesh=replace(HEAD.mesh, deltas=HEAD.mesh.deltas[rows])
    )
    place, wanted = frame(some), frame(HEAD)
    assert 0.4 < place.side / wanted.side < 1.2


@pytest.mark.parametrize("factor", [1.0, 4.0])
def test_the_mouth_stays_in_the_picture_however_far_it_opens(factor):
    assert HEAD.mesh is not None
    deltas = HEAD.mesh.deltas.copy()
    deltas[ARKIT.index("jawOpen")] *= np.float32(factor)
    wide = replace(HEAD, mesh=replace(HEAD.mesh, deltas=deltas))
    place = frame(wide)
    opened = wide.posed(np.eye(52, dtype=np.float32)[ARKIT.index("jawOpen")])
    moved = np.linalg.norm(deltas[ARKIT.index("jawOpen")], axis=1) > 0.01
    assert opened[moved, 1].min() > place.centre[1] - place.side / 2


def test_a_broken_shape_does_not_make_the_face_a_dot():
    assert HEAD.mesh is not None
    deltas = HEAD.mesh.deltas.copy()
    deltas[ARKIT.index("mouthRollLower")] *= np.float32(1000)
    broken = frame(replace(HEAD, mesh=replace(HEAD.mesh, deltas=deltas)))
    assert 0.8 < broken.side / frame(HEAD).side < 2


@pytest.mark.blender
def test_the_captions_of_a_sheet_lie_below_its_pictures(tmp_path: Path):
    """All that a picture alone shows is there, down to a chin at its lower edge, and no caption lies over a mouth."""
    assert HEAD.mesh is not None
    jaw = HEAD.mesh.deltas[[ARKIT.index("jawOpen")]]
    wide = replace(HEAD, shapes=("jawOpen",), mesh=replace(HEAD.mesh, deltas=2.6 * jaw))
    hero, sheet = rigs.save(wide, tmp_path / "hero.npz"), tmp_path / "hero.png"
    command("rig", "inspect", hero, "--sheet", sheet)
    strip = round(240 * (1 - 0.11))
    alone = stills(wide, np.float32([[0], [1]]), tmp_path / "stills", look=RenderSettings(width=strip, height=strip))
    with Image.open(sheet) as image:
        tiles = np.split(np.asarray(image.convert("L"), float), 2, axis=1)
    aside = (240 - strip) // 2
    for tile, path in zip(tiles, alone, strict=True):
        with Image.open(path) as image:
            picture = np.asarray(image.convert("L"), float)
        assert np.abs(tile[:strip, aside : aside + strip] - picture).mean() < 4
        assert np.median(tile[strip + 2 :]) < 60, "a dark strip"
        assert (tile[strip + 2 :] > 200).any(), "and letters on it"
