"""The page as a file: whole, the same every time, of bounded size, and shut against what it shows."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import build_viewer
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

import audio2blend
import rigs
import usd_export.viewer.page as page_module
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError, MissingDependencyError
from rigs.builtin import builtin
from rigs.readers.gltf_file import GltfFile
from rigs.retarget import fit
from tests.support.browser import needs_script
from tests.support.glb import Glb
from tests.support.gltf_characters import PIXEL, character
from tests.support.small_rig import patch
from tests.support.spoken_gltf import line
from usd_export.viewer import Page, embedded, write
from usd_export.viewer.page import render
from usd_export.viewer.sound import compact, outline

pytestmark = needs_script


def about(*clips: Clip, **more: object) -> Page:
    shown = {"title": "line", "clips": dict(zip("ab", clips, strict=False)), "facts": {}, "focus": ([0, 1.5, 0], 0.5)}
    return Page(**(shown | {"character": embedded(clips, patch())} | more))  # type: ignore[arg-type]


def carried(html: str, name: str) -> bytes:
    """Return the bytes of a part of a page."""
    (text,) = re.findall(rf'<script type="text/plain" id="{name}">([^<]+)</script>', html)
    return gzip.decompress(base64.b64decode(text))


def data(html: str) -> dict[str, object]:
    (text,) = re.findall(r'<script type="application/json" id="data">([^<]+)</script>', html)
    return dict(json.loads(text))


def test_it_carries_curves_to_the_last_bit_and_the_character_with_each_clip() -> None:
    clips = line("a.wav"), line("b.wav", n_frames=9)
    html = render(about(*clips))
    numbers = np.frombuffer(carried(html, "curves"), "<f4")
    assert np.array_equal(numbers, np.concatenate([clip.values.ravel() for clip in clips]))
    first, second = data(html)["clips"]  # type: ignore[misc]
    assert (first["name"], first["frames"], second["frames"]) == ("a", 20, 9)
    assert first["rate"] == pytest.approx(30000 / 1001)
    glb = carried(html, "character")
    names = [one["name"] for one in json.loads(glb[20 : 20 + int.from_bytes(glb[12:16], "little")])["animations"]]
    assert names == data(html)["character"]["animations"]  # type: ignore[index]


def test_only_its_own_script_may_run_and_nothing_may_be_fetched() -> None:
    html = render(about(line()))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 1
    hashed = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{hashed}' 'wasm-unsafe-eval';" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert not re.search(r"<(link|iframe|object|embed|img)\b|<script[^>]* src", html.replace(scripts[0], ""))


@pytest.fixture(scope="module")
def plain() -> Page:
    return about(line())


@given(st.text(), st.text())
def test_any_text_stays_text(plain: Page, title: str, name: str) -> None:
    html = render(replace(plain, title=title, facts={name: title}, clips={name or "a": line()}))
    assert html.count("<script") == render(plain).count("<script")
    assert data(html)["clips"][0]["name"] == (name or "a")  # type: ignore[index]


def test_the_same_input_gives_the_same_page(hello: Path, tmp_path: Path) -> None:
    speech = audio2blend.load(hello)
    for name in ("one.html", "two.html"):
        write(about(line(), speech=speech), tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_three_js_comes_with_its_licence() -> None:
    html = render(about(line()))
    assert "Copyright © 2010-2026 three.js authors" in html
    assert "The above copyright notice and this permission notice shall be included" in html


def test_the_sound_is_small_and_whole(voice: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "voice.wav", np.tile(voice, 5), 48_000)
    speech = audio2blend.load(tmp_path / "voice.wav")
    packed = compact(speech)
    assert packed == compact(speech)
    assert len(packed) < 12_000 * speech.duration_s
    assert (tmp_path / "voice.webm").write_bytes(packed)
    assert audio2blend.load(tmp_path / "voice.webm").duration_s == pytest.approx(speech.duration_s, abs=0.01)


def test_the_outline_holds_every_peak() -> None:
    samples = np.zeros(16_000, np.float32)
    samples[[1_234, 9_999]] = 0.5, -0.25
    rate, peaks = outline(Speech(samples=samples))
    assert peaks[int(1_234 / 16_000 * rate), 1] == 127
    assert peaks[int(9_999 / 16_000 * rate), 0] == -64
    assert np.count_nonzero(peaks) == 2
    rate, peaks = outline(Speech(samples=np.ones(16_000 * 3_600, np.float32)))
    assert len(peaks) <= 120_001
    assert (peaks[:, 1] == 127).all()


def test_a_page_that_browsers_do_not_open_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "MOST_BYTES", 10_000)
    with pytest.raises(InputError, match=r"most of it character.*cut the recording into lines, or use a smaller"):
        write(about(line()), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_without_its_script_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str) -> str:
        if name == "viewer.js":
            raise FileNotFoundError(name)
        return ""

    monkeypatch.setattr(page_module, "_read", read)
    with pytest.raises(MissingDependencyError, match=r"lacks the viewer's script.*make viewer"):
        write(about(line()), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_frames_before_the_sound_starts_are_left_out_of_the_animation_alone() -> None:
    clip = replace(line(), start_s=-0.1)
    html = render(about(clip))
    assert data(html)["clips"][0]["start"] == -0.1  # type: ignore[index]
    glb = embedded([clip], patch()).glb
    content = json.loads(glb[20 : 20 + int.from_bytes(glb[12:16], "little")])
    assert content["accessors"][content["animations"][0]["samplers"][0]["input"]]["count"] == 17


def test_textures_that_browsers_cannot_unpack_are_taken_out_and_told(tmp_path: Path) -> None:
    path = character(tmp_path / "hero.glb", "KTX2")
    onto = fit(rigs.load(path))
    shown = embedded([onto(line())], onto.rig)
    assert shown.notes == ("hero: a texture is not in the page, since KTX2 is not unpacked there",)
    path.write_bytes(shown.glb)
    scene = GltfFile(path).json
    assert "extensionsRequired" not in scene
    assert "baseColorTexture" not in scene["materials"][0]["pbrMetallicRoughness"]
    assert scene["materials"][0]["name"] == "skin", "all else of a material stays"


def test_a_picture_beside_ktx2_is_shown(tmp_path: Path) -> None:
    hero = Glb.read(character(tmp_path / "hero.glb", "KTX2"))
    hero.json["images"].append({"bufferView": hero.add_view(PIXEL), "mimeType": "image/png"})
    hero.json["textures"][0]["source"] = 1
    del hero.json["extensionsRequired"]
    onto = fit(rigs.load(hero.save(tmp_path / "hero.glb")))
    shown = embedded([onto(line())], onto.rig)
    assert shown.notes == ()
    (tmp_path / "shown.glb").write_bytes(shown.glb)
    material = GltfFile(tmp_path / "shown.glb").json["materials"][0]
    assert material["pbrMetallicRoughness"]["baseColorTexture"] == {"index": 0}


def test_the_mouth_is_drawn_first_and_what_differs_of_two() -> None:
    blink = line().with_channels({"eyeBlinkLeft": np.linspace(0, 1, 20), "mouthFunnel": np.linspace(0, 0.9, 20)})
    quiet = blink.select(["eyeBlinkLeft", "jawOpen", "mouthFunnel", "headYaw"])
    assert data(render(about(quiet)))["chosen"] == ["jawOpen", "mouthFunnel", "headYaw", "eyeBlinkLeft"]
    apart = {"eyeBlinkLeft": 0.5, "jawOpen": 0.0, "mouthFunnel": 0.1}
    assert data(render(about(quiet, quiet, differences=apart)))["chosen"] == ["mouthFunnel", "eyeBlinkLeft"]


def test_the_built_in_head_makes_a_page_of_a_few_megabytes(hello_clip: Clip) -> None:
    page = about(hello_clip.resampled(Fraction(60)), character=embedded([hello_clip], builtin()))
    assert len(render(page)) < 6e6


def test_the_script_is_of_these_sources() -> None:
    """After a change in usd_export/viewer/source/: make viewer."""
    assert build_viewer.is_current()
