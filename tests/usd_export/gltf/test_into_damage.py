"""What can be wrong with the client's own file, or with where it is to go: one sentence, and the old file stays."""

import json
import resource
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

import rigs
import usd_export
from audio2blend.errors import InputError
from rigs.retarget import fit
from tests.support.glb import Glb
from tests.support.gltf_characters import character
from tests.support.spoken_gltf import line, spoken


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def _no_json(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"asset"', b'"a\0set"'))


def _edited(change: Callable[[Glb], object]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        glb = Glb.read(path)
        change(glb)
        glb.save(path)

    return edit


DAMAGE = {
    "cut off": (_cut, "cut off"),
    "no JSON": (_no_json, "no glTF file, or a damaged one"),
    "gone": (Path.unlink, "gone since it was read"),
    "a cycle of nodes": (_edited(lambda glb: glb.json["nodes"][2].update(children=[1])), "contradicts itself"),
    "other bones": (_edited(lambda glb: glb.json["nodes"][2].update(name="kopf")), "contradicts itself"),
    "weights of another length": (_edited(lambda glb: glb.json["meshes"][0].update(weights=[0.0])), "contradicts"),
    "targets that are no list": (_edited(lambda glb: glb.json.update(animations={})), "contradicts itself"),
    "sheared": (
        _edited(
            lambda glb: (
                [glb.json["nodes"][2].pop(key, None) for key in ("translation", "rotation")],
                glb.json["nodes"][2].update(matrix=[1, 0, 0, 0, 0.7, 1, 0, 0, 0, 0, 1, 0, 0, 0.2, 0, 1]),
            )
        ),
        "its bone 'head' is sheared",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_file_that_is_damaged_after_it_was_read_leaves_the_old_one(case: str, tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb")
    onto = fit(rigs.load(source))
    (target := tmp_path / "out.glb").write_text("old")
    damage, told = DAMAGE[case]
    damage(source)
    with pytest.raises(InputError, match=told) as caught:
        usd_export.write(onto(line()), target, rig=onto.rig)
    assert str(caught.value).startswith(f"{target}: ")
    assert target.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} <= {"hero.glb", "out.glb"}


def test_extensions_that_are_required_and_unknown_are_kept(tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb")
    _edited(lambda glb: glb.json.update(extensionsUsed=["ACME_a"], extensionsRequired=["ACME_a"]))(source)
    spoken(source, tmp_path / "out.glb")
    assert Glb.read(tmp_path / "out.glb").json["extensionsRequired"] == ["ACME_a"]


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_a_full_disk_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb", "pictures and unknown extensions")
    onto = fit(rigs.load(source))
    (target := tmp_path / f"out{suffix}").write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(InputError, match=r"cannot write .*: File too large; make room"):
            usd_export.write(onto(line()), target, rig=onto.rig)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hero.glb", f"out{suffix}"]


def test_a_vrm_does_not_come_out_of_our_own_head(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a \.vrm file is a character of your own .* from a \.glb or \.gltf or"):
        usd_export.write(line(), tmp_path / "out.vrm", rig=rigs.builtin())


def test_two_lines_of_one_name_are_refused(tmp_path: Path) -> None:
    onto = fit(rigs.load(character(tmp_path / "hero.glb")))
    with pytest.raises(InputError, match="two recordings are called 'line'"):
        usd_export.write([onto(line()), onto(line())], tmp_path / "out.glb", rig=onto.rig)


def test_a_file_without_a_buffer_gets_one(tmp_path: Path) -> None:
    """Its numbers lie in the text; a .glb without its second chunk."""
    source = Glb.read(character(tmp_path / "hero.glb")).save_as_text(tmp_path / "hero.gltf")
    text = json.dumps(json.loads(source.read_text())).encode()
    text += b" " * (-len(text) % 4)
    bare = tmp_path / "bare.glb"
    bare.write_bytes(struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text)
    _, clip = spoken(bare, tmp_path / "out.glb")
    glb = Glb.read(tmp_path / "out.glb")
    assert glb.binary == b""
    assert len(glb.curves("line")[0, "weights"]) == len(clip) * 52
