"""The page in a browser: what three.js draws is our own animation, in time with the sound, for every user."""

import json
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

import audio2blend
import rigs
from audio2blend import blender
from audio2blend.align.alignment import AlignedWord
from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.intervals import Interval
from rigs.retarget import fit
from rigs.skeleton import posed
from tests.support.browser import needs_axe, opened
from tests.support.glb import Glb
from tests.support.gltf_characters import FEATURES, character
from tests.support.gltf_reader import GLTFPACK, NODE, needs_gltfpack, vertices_of
from tests.support.small_rig import patch
from tests.support.spoken_gltf import apart, line
from usd_export.viewer import Page, embedded, write

pytestmark = pytest.mark.slow

WORDS = (
    AlignedWord(text="Hello", start_s=0.1, end_s=0.3),
    AlignedWord(text="<b>Bob</b>", start_s=0.3, end_s=0.5, confidence=0.2),
    AlignedWord(text="gone", start_s=0.5, end_s=0.5),
)
PHONES = (Interval("sil", 0, 0.1), Interval("h", 0.1, 0.3), Interval("b", 0.3, 0.5), Interval("sil", 0.5, 0.67))


def still_and_moved(rig: rigs.Rig, clip: Clip, time_s: float) -> NDArray[np.float64]:
    """Return our own vertices at a time between two frames: weights and angles in proportion."""
    place = (time_s - clip.start_s) * float(clip.frame_rate)
    mixed = [np.interp(place, np.arange(len(clip)), clip[name]) for name in clip.channels]
    now = Clip(values=[mixed], channels=clip.channels, frame_rate=clip.frame_rate)
    return np.asarray(posed(rig, now)[0], np.float64)


def made(tmp_path: Path, *clips: Clip, rig: rigs.Rig | None = None, **more: Any) -> Path:
    """Write a page about clips of a small face of our own."""
    rig = rig or patch()
    assert rig.mesh is not None
    centre = rig.mesh.vertices.mean(axis=0).tolist()
    names = dict(zip(("one.csv", "two.csv"), clips, strict=False))
    about = {"title": "line", "clips": names, "facts": {"character": "patch"}, "focus": (centre, 0.5)}
    page = Page(**(about | {"character": embedded(clips, rig)} | more))
    write(page, tmp_path / "page.html")
    return tmp_path / "page.html"


@pytest.fixture(scope="module")
def spoken_page(hello: Path, hello_clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips of the recording, with words and phones, on a small face."""
    louder = hello_clip.with_channels({"jawOpen": np.clip(1.5 * hello_clip["jawOpen"], 0, 1)})
    return made(
        tmp_path_factory.mktemp("spoken"),
        hello_clip,
        louder,
        speech=audio2blend.load(hello),
        words=WORDS,
        phones=PHONES,
        differences={name: float(name == "jawOpen") for name in ARKIT},
        difference="Lips are 1.00 mm apart.",
    )


@pytest.mark.parametrize("feature", FEATURES)
def test_the_character_drawn_is_where_ours_is(browser: Any, feature: str, tmp_path: Path) -> None:
    """At a frame, between two (a head's arc is as good as its angles), and beyond the end, where the last is held."""
    suffix = ".vrm" if feature.startswith("VRM") else ".glb"
    onto = fit(rigs.load(character(tmp_path / f"hero{suffix}", feature)))
    clip = onto(line(n_frames=10))
    with opened(browser, made(tmp_path, clip, rig=onto.rig)) as view:
        for time_s in (0.0, float(5 / clip.frame_rate), float(7.3 / clip.frame_rate), 9.0):
            view.seek(min(time_s, clip.duration_s))
            drawn = np.concatenate(view.vertices())
            wanted = still_and_moved(onto.rig, clip, min(time_s, float(9 / clip.frame_rate)))
            tolerance = 2e-4 if "quantised" in feature else 5e-5
            assert apart(wanted, drawn) < tolerance
            assert apart(drawn, wanted) < tolerance
        assert view.complaints == []
        assert view.fetched == []


@needs_gltfpack
def test_what_meshopt_packed_is_unpacked(browser: Any, tmp_path: Path) -> None:
    """By a decoder in the page, whose WebAssembly its policy allows."""
    plain, source = character(tmp_path / "plain.glb"), tmp_path / "hero.glb"
    command = [str(NODE), str(GLTFPACK), "-i", str(plain), "-o", str(source), "-kn", "-km", "-ke", "-c"]
    subprocess.run(command, check=True, capture_output=True)
    onto = fit(rigs.load(source))
    assert onto.rig.mesh is not None
    clip = onto(line(n_frames=10))
    with opened(browser, made(tmp_path, clip, rig=onto.rig)) as view:
        view.seek(float(4 / clip.frame_rate))
        drawn, wanted = np.concatenate(view.vertices()), still_and_moved(onto.rig, clip, float(4 / clip.frame_rate))
        assert apart(drawn, wanted) < 1e-4  # gltfpack stores sixteen bits
        assert view.complaints == []


@pytest.mark.blender
def test_what_draco_packed_is_drawn_with_all_else_that_the_file_has(
    browser: Any, inside: blender.Child, tmp_path: Path
) -> None:
    plain, source = character(tmp_path / "plain.glb"), tmp_path / "hero.glb"
    inside.call("tests.usd_export.worker.draco_file:packed", {"path": plain, "target": source})
    assert "KHR_draco_mesh_compression" in Glb.read(source).json["extensionsRequired"]
    onto = fit(rigs.load(source))
    clip = onto(line(n_frames=10))
    time_s = float(4 / clip.frame_rate)
    with opened(browser, made(tmp_path, clip, rig=onto.rig)) as view:
        view.seek(time_s)
        drawn, wanted = np.concatenate(view.vertices()), still_and_moved(onto.rig, clip, time_s)
        assert apart(drawn, wanted) < 1e-4
        assert apart(wanted, drawn) < 1e-4
        assert view.complaints == []


def test_our_own_head_opens_its_mouth_as_the_curve_says(browser: Any, hello_clip: Clip, tmp_path: Path) -> None:
    """Vertex by vertex, where the jaw is open and where it is shut, at a rate that is no whole number."""
    head = rigs.builtin()
    assert head.mesh is not None
    assert head.landmarks is not None
    clip = hello_clip.resampled(Fraction(24000, 1001))
    upper, lower = head.landmarks["upperLip"], head.landmarks["lowerLip"]
    gaps = []
    frames = (int(clip["jawOpen"].argmin()), int(clip["jawOpen"].argmax()))
    with opened(browser, made(tmp_path, clip, rig=head)) as view:
        for frame in frames:
            view.seek(float(frame / clip.frame_rate))
            drawn = np.full(head.mesh.vertices.shape, np.nan)
            for vertices, positions in zip(vertices_of(head.mesh), view.vertices(), strict=True):
                drawn[vertices] = positions
            assert np.abs(drawn - still_and_moved(head, clip, float(frame / clip.frame_rate))).max() < 2e-5
            gaps.append(drawn[list(upper), 1].min() - drawn[list(lower), 1].max())
        assert gaps[1] - gaps[0] > 0.003
        assert view.page.locator("#stage .message").is_hidden()


def test_pixels_move_with_the_mouth(browser: Any, tmp_path: Path) -> None:
    """What is on the screen changes between a shut and an open mouth, and comes back."""
    clip = Clip(values=[[0.0], [1.0]], channels=("jawOpen",), frame_rate=Fraction(2))
    with opened(browser, made(tmp_path, clip, rig=rigs.builtin())) as view:
        drawn = "(a.stage.resize(), a.player.seek(x[0]), a.stage.draw(), a.stage.canvas.toDataURL())"
        shut, open_, again = (view.ask(drawn, time_s) for time_s in (0.0, 0.5, 0.0))
        assert shut == again != open_


@pytest.mark.parametrize("feature", ["", "plain", "instances"])
def test_two_clips_stand_side_by_side_each_as_its_own(browser: Any, feature: str, tmp_path: Path) -> None:
    """On a face that we write, and in a file of somebody else's, whose nodes need no names."""
    onto = fit(patch() if not feature else rigs.load(character(tmp_path / "hero.glb", feature)))
    first = line("a.wav", n_frames=10)
    clips = [onto(first), onto(first.with_channels({"jawOpen": np.zeros(10), "headYaw": -first["headYaw"]}))]
    frame_s = float(7 / first.frame_rate)
    with opened(browser, made(tmp_path, *clips, rig=onto.rig, differences={"jawOpen": 0.5})) as view:
        view.seek(frame_s)
        for index, clip in enumerate(clips):
            drawn, wanted = np.concatenate(view.vertices(index)), still_and_moved(onto.rig, clip, frame_s)
            assert apart(drawn, wanted) < 2e-5
            assert apart(wanted, drawn) < 2e-5
        chips = view.page.locator(".chips span")
        assert chips.all_inner_texts() == ["one.csv", "two.csv"]
        view.page.get_by_role("button", name="Side by side").click()
        assert view.ask("a.stage.shown") == 1


def test_sound_and_face_keep_the_same_time(browser: Any, spoken_page: Path, hello_clip: Clip) -> None:
    """Whenever a picture is drawn, at half speed too, it is that of the sound's time, and its weight is the curve's."""
    record = """new Promise((done) => {
        const seen = [];
        const { player, stage } = a;
        let mesh = null;
        stage._faces[0].model.traverse((part) => { if (part.morphTargetInfluences) mesh ??= part; });
        const look = () => {
          if (!player.playing || player.time < 1.1) return;
          seen.push([player.audio.currentTime, stage.time, mesh.morphTargetInfluences[x[1]]]);
          if (seen.length < 8) return;
          player.removeEventListener("time", look);
          player.pause();
          done(seen);
        };
        player.addEventListener("time", look);
        player.speed = x[0];
        player.seek(1.0);
        player.play();
      })"""
    with opened(browser, spoken_page) as view:
        for speed in (1, 0.5):
            seen = np.array(view.ask(record, speed, ARKIT.index("jawOpen")))
            assert np.abs(seen[:, 0] - seen[:, 1]).max() < 1 / 60
            curve = np.interp(seen[:, 1], hello_clip.times_s, hello_clip["jawOpen"])
            assert np.abs(seen[:, 2] - curve).max() < 1e-4
            assert seen[-1, 1] > seen[0, 1]


def test_the_sound_in_the_page_starts_when_the_recording_does(browser: Any, spoken_page: Path, hello: Path) -> None:
    """Decoded by the browser, it lies on the recording to within a millisecond."""
    decode = """fetch(a.player.audio.src).then((got) => got.arrayBuffer())
        .then((bytes) => new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes))
        .then((sound) => Array.from(sound.getChannelData(0)))"""
    with opened(browser, spoken_page) as view:
        heard = soxr.resample(np.array(view.ask(decode), np.float32), 48_000, 16_000)
    said = audio2blend.load(hello).samples
    size = min(len(heard), len(said))
    assert abs(len(heard) - len(said)) < 320
    spectrum = np.fft.rfft(heard[:size], 2 * size) * np.conj(np.fft.rfft(said[:size], 2 * size))
    offset = int(np.fft.irfft(spectrum).argmax())
    assert min(offset, 2 * size - offset) <= 16


def test_the_keyboard_does_it_all(browser: Any, spoken_page: Path) -> None:
    with opened(browser, spoken_page) as view:
        keys = view.page.keyboard

        def time_s() -> float:
            return float(view.ask("a.player.time"))

        keys.press("ArrowRight")
        keys.press("ArrowRight")
        assert time_s() == pytest.approx(2 / 60)
        keys.press("Shift+ArrowRight")
        keys.press("ArrowLeft")
        assert time_s() == pytest.approx(11 / 60)
        keys.press("ArrowDown")  # the next word
        assert time_s() == pytest.approx(0.3)
        keys.press("ArrowUp")
        assert time_s() == pytest.approx(0.1)
        keys.press("i")
        keys.press("PageDown")
        keys.press("o")
        assert view.ask("a.player.selection") == pytest.approx([0.1, 1.1])
        keys.press("l")
        assert view.page.get_by_role("button", name="Loop").get_attribute("aria-pressed") == "true"
        keys.press("End")
        assert time_s() == pytest.approx(1.1)
        keys.press("Escape")
        keys.press("End")
        assert time_s() == pytest.approx(view.ask("a.player.duration"))
        keys.press("Home")
        assert time_s() == 0
        keys.press("[")
        assert view.ask("a.player.speed") == 0.75
        keys.press("Space")
        assert view.page.get_by_role("button", name="Pause").is_visible()
        keys.press("Space")
        assert view.page.get_by_role("button", name="Play").is_visible()
        keys.press("?")
        assert view.page.get_by_role("dialog").is_visible()
        keys.press("ArrowRight")  # of the dialog, not of the page behind it
        view.page.get_by_label("Keys work everywhere").uncheck()
        keys.press("Escape")
        before = time_s()
        keys.press("ArrowRight")
        assert time_s() == before
        view.page.get_by_role("slider", name="Time").focus()
        keys.press("ArrowRight")
        assert time_s() > before


def test_a_loop_comes_back_to_its_start(browser: Any, tmp_path: Path) -> None:
    """Without sound a clock of its own drives it."""
    with opened(browser, made(tmp_path, line(n_frames=60))) as view:
        view.ask("(a.player.select(0.2, 0.5), a.player.loop(true), a.player.seek(0.4), a.player.play())")
        view.until("a.player.time < 0.35")
        times = [view.ask("new Promise((on) => setTimeout(() => on(a.player.time), 40))") for _ in range(12)]
        assert all(0.2 <= time_s < 0.5 for time_s in times)


def test_a_pointer_scrubs_selects_and_picks_words(browser: Any, spoken_page: Path) -> None:
    with opened(browser, spoken_page) as view:
        box = view.page.locator("canvas.lanes").bounding_box()
        assert box is not None
        scale = view.ask("a.timeline.scale")
        mouse = view.page.mouse
        mouse.move(box["x"] + 2.0 * scale, box["y"] + 20)
        mouse.down()
        mouse.move(box["x"] + 3.0 * scale, box["y"] + 20)
        mouse.up()
        assert view.ask("a.player.time") == pytest.approx(3.0, abs=2 / scale)
        ruler = view.page.locator("canvas.ruler").bounding_box()
        mouse.move(box["x"] + 1.0 * scale, ruler["y"] + 8)
        mouse.down()
        mouse.move(box["x"] + 1.5 * scale, ruler["y"] + 8)
        mouse.up()
        assert view.ask("a.player.selection") == pytest.approx([1.0, 1.5], abs=2 / scale)
        assert view.ask("a.player.looping") is True
        view.page.get_by_role("button", name="Hello").click()
        assert view.ask("a.player.time") == pytest.approx(0.1)
        assert view.page.locator("#words [aria-current]").inner_text() == "Hello"
        view.page.get_by_role("button", name="Zoom in").click()
        assert view.ask("a.timeline.scale") > scale


def test_a_screen_reader_is_told_where_it_stands(browser: Any, spoken_page: Path) -> None:
    with opened(browser, spoken_page) as view:
        view.seek(0.35)
        slider = view.page.get_by_role("slider", name="Time")
        assert slider.get_attribute("aria-valuetext") == "0.350 seconds, frame 21, word <b>Bob</b>, phone b"
        view.until("document.querySelector('#status').textContent.includes('word <b>Bob</b>')")
        view.page.get_by_role("searchbox", name="Find a channel").fill("jawop")
        rows = view.page.locator("#channels li:visible")
        assert rows.count() == 1
        assert rows.get_by_role("checkbox", name="jawOpen").is_checked()


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_stands_in_the_way_of_anybody(browser: Any, spoken_page: Path, scheme: str, width: int) -> None:
    """WCAG 2.2 AA, contrasts among it; at a phone's width nothing sticks out."""
    with opened(browser, spoken_page, viewport={"width": width, "height": 800}, color_scheme=scheme) as view:
        assert view.violations() == []
        view.page.keyboard.press("?")
        assert view.violations() == []
        assert view.page.evaluate("document.documentElement.scrollWidth") <= width
        assert view.complaints == []
        assert view.fetched == []


def test_no_text_in_it_can_run_anything_or_break_it(browser: Any, tmp_path: Path) -> None:
    evil = '</script><script>window.hit=1</script><img src=x onerror="window.hit=1"><!-- \u2028 ${x} $title \udce9'
    clip = replace(line(), metadata={"source": evil})
    page = made(
        tmp_path,
        clip,
        title=evil,
        clips={evil: clip},
        facts={evil: evil},
        words=(AlignedWord(text=evil, start_s=0.1, end_s=0.3),),
        phones=(Interval(evil, 0.1, 0.3),),
        notes=(evil,),
        difference=evil,
    )
    with opened(browser, page) as view:
        view.seek(0.2)
        assert view.page.evaluate("window.hit") is None
        assert view.page.locator("#words button").inner_text().startswith("</script><script>window.hit=1")
        assert view.page.locator("h1").inner_text().startswith("</script>")
        assert view.complaints == []
        assert view.fetched == []


def test_a_character_can_fetch_nothing(browser: Any, tmp_path: Path) -> None:
    """An image at an address is left out by the page's own policy; the face is shown all the same."""
    path = character(tmp_path / "hero.glb", "pictures and unknown extensions")
    onto = fit(rigs.load(path))
    clip = onto(line())
    shown = embedded([clip], onto.rig)
    size = int.from_bytes(shown.glb[12:16], "little")
    content = json.loads(shown.glb[20 : 20 + size])
    content["images"] = [{"uri": "https://example.com/spy.png"} for _ in content["images"]]
    text = json.dumps(content).encode()
    text += b" " * (-len(text) % 4)
    rest = shown.glb[20 + size :]
    head = b"glTF" + (2).to_bytes(4, "little") + (20 + len(text) + len(rest)).to_bytes(4, "little")
    spy = replace(shown, glb=head + len(text).to_bytes(4, "little") + b"JSON" + text + rest)
    with opened(browser, made(tmp_path, clip, rig=onto.rig, character=spy)) as view:
        assert view.fetched == []
        assert apart(np.concatenate(view.vertices()), still_and_moved(onto.rig, clip, 0.0)) < 2e-5
        assert any("Content Security Policy" in line for line in view.complaints)


def test_a_page_without_3d_still_plays_and_says_so(browser: Any, spoken_page: Path) -> None:
    with browser.new_context() as session:
        page = session.new_page()
        page.add_init_script(
            "const get = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
            " return kind.startsWith('webgl') ? null : get.call(this, kind, ...more); };"
        )
        page.goto(spoken_page.as_uri())
        page.wait_for_selector("html[data-state=ready]")
        assert "shows no 3D" in page.locator("#stage .message").inner_text()
        page.keyboard.press("ArrowRight")
        assert page.locator("#frame").inner_text() == "frame 1"


def test_motion_that_somebody_does_not_want_is_left_out(browser: Any, spoken_page: Path) -> None:
    with opened(browser, spoken_page, reduced_motion="reduce") as view:
        durations = view.page.evaluate(
            "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e).transitionDuration)"
        )
        assert set(durations) == {"0s"}
        assert view.ask("a.player.playing") is False


def test_a_long_silent_clip_scrolls_and_zooms(browser: Any, tmp_path: Path) -> None:
    """Ten minutes: the whole at first, then a part that follows the playhead."""
    values = np.abs(np.sin(np.arange(18_000)[:, None] / 7)) * [1.0, 0.5]
    clip = Clip(values=values, channels=("jawOpen", "mouthFunnel"), frame_rate=Fraction(30))
    speech = Speech(samples=np.zeros(16_000 * 600, np.float32))
    with opened(browser, made(tmp_path, clip, speech=speech)) as view:
        assert view.ask("a.timeline.start") == 0
        view.ask("(a.timeline.zoom(100), a.player.seek(300))")
        start = view.ask("a.timeline.start")
        assert start < 300 < start + view.ask("a.timeline.room / a.timeline.scale")
        assert view.complaints == []
