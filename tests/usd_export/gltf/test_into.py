"""An animation into the client's own .glb, .vrm and .gltf: everything that was there is there, and it speaks."""

import dataclasses
import subprocess
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.retarget import fit
from rigs.skeleton import posed
from tests.support.body_rig import body
from tests.support.glb import Glb, parts
from tests.support.gltf_characters import FEATURES, character
from tests.support.gltf_reader import GLTFPACK, NODE, khronos_issues, needs_gltfpack, needs_validator
from tests.support.small_rig import STILL
from tests.support.spoken_gltf import FRAMES, apart, line, spoken

pytestmark = pytest.mark.slow


def suffix_of(feature: str) -> str:
    return ".vrm" if feature.startswith("VRM") else ".glb"


@pytest.mark.parametrize("feature", FEATURES)
def test_everything_that_was_there_is_there_to_the_last_bit(feature: str, tmp_path: Path) -> None:
    source = character(tmp_path / f"hero{suffix_of(feature)}", feature)
    content = source.read_bytes()
    spoken(source, target := tmp_path / f"out{suffix_of(feature)}")
    assert source.read_bytes() == content
    before, after = parts(Glb.read(source)), parts(Glb.read(target))
    changed = {place for place in before if after.get(place) != before[place]}
    apart = {place for place in changed if feature.startswith("matrices") and "/matrix" in place}
    assert changed - apart == {"/buffers/0/byteLength"}
    assert len(apart) in (0, 16), "one bone is turned, and has three parts now"
    new = {place.split("/")[1] for place in after.keys() - before.keys() if place.startswith("/")}
    assert new <= {"accessors", "bufferViews", "animations", *(("nodes",) if apart else ())}
    assert Glb.read(target).binary.startswith(Glb.read(source).binary)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_viewer_draws_what_the_rig_does(feature: str, tmp_path: Path) -> None:
    """Every vertex of the file lies where one of the rig does, and the other way round."""
    source = character(tmp_path / f"hero{suffix_of(feature)}", feature)
    rig, clip = spoken(source, target := tmp_path / f"out{suffix_of(feature)}")
    assert rig.asset
    wanted = posed(rig, clip) @ np.linalg.inv(rig.asset.space)
    moved = np.abs(wanted - wanted[0]).max()
    assert moved > 0.01
    glb = Glb.read(target)
    for frame in FRAMES:
        drawn = glb.drawn("line", frame)
        if feature == "several meshes":  # the fangs are out at rest, of which the rig knows nothing
            continue
        assert apart(drawn, wanted[frame]) < 1e-4
        assert apart(wanted[frame], drawn) < 1e-4


@needs_validator
@pytest.mark.parametrize("feature", FEATURES)
def test_the_validator_says_no_more_than_of_the_source(feature: str, tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb", feature)
    spoken(source, target := tmp_path / "out.glb")
    before, after = (
        {(issue["code"], issue.get("pointer")) for issue in khronos_issues(path)["messages"]}
        for path in (source, target)
    )
    assert after <= before


def test_every_mesh_with_the_shapes_has_its_own_order_and_its_own_rest(tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb", "several meshes")
    _, clip = spoken(source, tmp_path / "out.glb")
    glb = Glb.read(tmp_path / "out.glb")
    curves = glb.curves("line")
    meshes = {index: node["mesh"] for index, node in enumerate(glb.json["nodes"]) if "mesh" in node}
    assert len(meshes) == 2
    for node, mesh in meshes.items():
        names = glb.json["meshes"][mesh]["extras"]["targetNames"]
        rows = curves[node, "weights"].reshape(len(clip), len(names))
        for name, column in zip(names, rows.T, strict=True):
            assert column == pytest.approx(np.full(20, 0.3) if name == "Fangs" else clip[name], abs=1e-7)


def test_times_are_exact_and_ours_is_told_from_the_others(tmp_path: Path) -> None:
    spoken(character(tmp_path / "hero.glb", "animations"), tmp_path / "out.glb")
    glb = Glb.read(tmp_path / "out.glb")
    assert [about["name"] for about in glb.json["animations"]] == ["Idle", "Nod", "line"]
    about = glb.animation("line")
    assert about["extras"]["audio2blend"] == {"frame_rate": "30000/1001", "metadata": {"source": "line.wav"}}
    times = {sampler["input"] for sampler in about["samplers"]}
    exact = np.array([float(k / Fraction(30000, 1001)) for k in range(20)])
    assert np.array_equal(glb.numbers(times.pop())[:, 0], exact.astype(np.float32))
    assert not times, "all samplers share their times"


def test_what_rests_has_no_track(tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb", "several meshes")
    still = line().with_channels({name: np.zeros(20) for name in line().channels if name != "jawOpen"})
    spoken(source, tmp_path / "out.glb", still)
    assert {path for _, path in Glb.read(tmp_path / "out.glb").curves("line")} == {"weights"}


def test_several_lines_become_several_animations(tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb")
    onto = fit(rigs.load(source))
    clips = [onto(line("a.wav")), onto(line("b.wav", 11))]
    usd_export.write(clips, tmp_path / "out.glb", rig=onto.rig)
    glb = Glb.read(tmp_path / "out.glb")
    assert [about["name"] for about in glb.json["animations"]] == ["a", "b"]
    assert len(glb.curves("b")[0, "weights"]) == 11 * 52


def test_output_may_be_the_source_and_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    hero = character(tmp_path / "hero.glb", "animations")
    spoken(hero, hero)
    content = hero.read_bytes()
    assert [about["name"] for about in Glb.read(hero).json["animations"]] == ["Idle", "Nod", "line"]
    with pytest.raises(InputError, match=r"has an animation 'line' already; pass options with replace=True"):
        spoken(hero, hero)
    for replaces in (False, True):
        with pytest.raises(InputError, match=r"has an animation 'Idle' of its own; rename the recording"):
            spoken(hero, hero, line("Idle.wav"), replace=replaces)
    assert hero.read_bytes() == content
    assert list(tmp_path.iterdir()) == [hero]


def test_without_its_asset_a_rig_is_written_anew(tmp_path: Path) -> None:
    onto = fit(rigs.load(character(tmp_path / "hero.glb", "pictures and unknown extensions")))
    usd_export.write(onto(line()), tmp_path / "out.glb", rig=dataclasses.replace(onto.rig, asset=None))
    assert "extensions" not in Glb.read(tmp_path / "out.glb").json


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_a_clip_that_is_replaced_leaves_nothing_behind(suffix: str, tmp_path: Path) -> None:
    """Three clips one after another, the middle one again and again: the file is as if made at once."""
    source = Glb.read(character(tmp_path / "hero.glb", "animations"))
    hero = source.save(tmp_path / "hero.glb") if suffix == ".glb" else source.save_apart(tmp_path / "hero.gltf")
    before = parts(Glb.read(hero))
    clips = [line("a.wav", 20), line("b.wav", 31), line("c.wav", 12)]
    target = tmp_path / "to" / f"out{suffix}"
    for number, clip in enumerate(clips):
        spoken(hero if number == 0 else target, target, clip)
    size = sum(path.stat().st_size for path in target.parent.iterdir())
    for n_frames in (50, 7, 31):
        spoken(target, target, line("b.wav", n_frames), replace=True)
        glb = Glb.read(target)
        assert [about["name"] for about in glb.json["animations"]] == ["Idle", "Nod", "a", "b", "c"]
        for name, count in (("a", 20), ("b", n_frames), ("c", 12)):
            curve = glb.curves(name)[0, "weights"].reshape(count, -1)
            assert curve[:, 0] == pytest.approx(line(n_frames=count).values[:, 0], abs=1e-6)
        after = parts(glb)
        assert {place for place in before if after.get(place) != before[place]} <= {"/buffers/0/byteLength"}
    named = {target.name, *(unquote(about["uri"]) for about in glb.json["buffers"] if "uri" in about)}
    assert abs(sum((target.parent / name).stat().st_size for name in named) - size) < 500
    ends = [sampler for about in glb.json["animations"] for sampler in about["samplers"]]
    used = {sampler[end] for sampler in ends for end in ("input", "output")}
    assert used >= set(range(len(source.json["accessors"]), len(glb.json["accessors"]))), "numbers that nobody uses"


@needs_validator
def test_after_a_replacement_the_validator_finds_nothing_unused(tmp_path: Path) -> None:
    hero = character(tmp_path / "hero.glb")
    spoken(hero, target := tmp_path / "out.glb")
    spoken(target, target, line(n_frames=90), replace=True)
    before, after = ({issue["code"] for issue in khronos_issues(path)["messages"]} for path in (hero, target))
    assert after <= before


@needs_gltfpack
@pytest.mark.parametrize(
    "options", [["-cc"], ["-cz"], ["-noq"], []], ids=["meshopt", "meshopt 1", "floats", "quantised"]
)
def test_files_packed_by_gltfpack_keep_every_byte_and_speak(options: list[str], tmp_path: Path) -> None:
    plain, source = character(tmp_path / "hero.glb", "several meshes"), tmp_path / "packed.glb"
    command = [str(NODE), str(GLTFPACK), "-i", str(plain), "-o", str(source), "-kn", "-km", "-ke", *options]
    subprocess.run(command, check=True, capture_output=True)
    rig, clip = spoken(source, target := tmp_path / "out.glb")
    before, after = Glb.read(source), Glb.read(target)
    assert after.binary.startswith(before.binary)
    left = parts(after)
    kept = {place: part for place, part in parts(before).items() if place != "/buffers/0/byteLength"}
    assert {place for place, part in kept.items() if left.get(place) != part} == set()
    for node, path in after.curves("line"):
        if path == "weights":
            names = after.json["meshes"][after.json["nodes"][node]["mesh"]]["extras"]["targetNames"]
            rows = after.curves("line")[node, path].reshape(len(clip), len(names))
            for name, column in zip(names, rows.T, strict=True):
                assert column == pytest.approx(np.full(20, 0.3) if name == "Fangs" else clip[name], abs=1e-6)
    assert rig.asset


@pytest.mark.parametrize("scale", [[0.01, 0.01, 0.01], [-1, 1, 1]], ids=["centimetres", "mirrored"])
def test_bones_with_axes_of_their_own_turn_and_shift_under_any_scale(scale: list[float], tmp_path: Path) -> None:
    glb = Glb.read(usd_export.write(STILL, tmp_path / "hero.glb", rig=body()))
    roots = [node for node in glb.json["scenes"][0]["nodes"] if "mesh" not in glb.json["nodes"][node]]
    glb.json["nodes"].append({"name": "above", "scale": scale, "children": roots})
    glb.json["scenes"][0]["nodes"] = [0, len(glb.json["nodes"]) - 1]
    rig = rigs.load(glb.save(tmp_path / "hero.glb"))
    channels = ("jaw.rotation.x", "jaw.rotation.y", "jaw.translation.z", "eye.L.rotation.y", "headYaw", "headPitch")
    clip = Clip(
        values=[[0] * 6, [18, 4, 0.01, 20, 15, 8]],
        channels=channels,
        frame_rate=Fraction(30),
        metadata={"source": "line.wav"},
    )
    usd_export.write(clip, tmp_path / "out.glb", rig=rig)
    assert rig.asset
    wanted = posed(rig, clip) @ np.linalg.inv(rig.asset.space)
    drawn = Glb.read(tmp_path / "out.glb").drawn("line", 1)
    size = np.ptp(wanted[0], axis=0).max()
    assert np.abs(wanted[1] - wanted[0]).max() > 0.05 * size
    assert apart(drawn[::40], wanted[1]) < 1e-4 * size
    assert {path for _, path in Glb.read(tmp_path / "out.glb").curves("line")} == {"rotation", "translation"}
