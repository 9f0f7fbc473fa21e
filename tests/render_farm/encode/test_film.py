"""Films as another program decodes them: times, colours, alpha, captions, loudness; and what cannot be encoded."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from audio2blend.errors import InputError
from render_farm.encode import Box, Frames, Inputs, Plate, encode, profile
from render_farm.encode.sync import flash_and_beep
from tests.support.flashes import flashing
from tests.support.sounds import ffmpeg

RATE = Fraction(25)
EXACT = replace(profile("web"), video=("-c:v", "libx264", "-qp", "0"), pixels="yuv444p")
CODECS = {
    "web": Fraction(24000, 1001),
    "h265": Fraction(25),
    "av1": Fraction(30000, 1001),
    "prores4444": Fraction(60),
    "vp9-alpha": Fraction(24),
}


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    """Return ten pictures with soft alpha."""
    folder = tmp_path / "frames"
    folder.mkdir()
    across = np.arange(64)
    for number in range(10):
        picture = np.zeros((48, 64, 4), np.uint8)
        picture[..., :3] = 200, 120, 40 + number
        picture[..., 3] = (across * 4 + number % 4) % 256
        Image.fromarray(picture).save(folder / f"{number:04}.png")
    return Frames.of(folder, frame_rate=RATE)


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "tone.wav", 0.05 * np.sin(np.arange(48_000 * 2 // 5) / 8), 48_000)
    return tmp_path / "tone.wav"


class TestTime:
    @pytest.mark.parametrize(("name", "rate"), CODECS.items())
    def test_flash_and_beep_stay_together(self, name: str, rate: Fraction, tmp_path: Path) -> None:
        pictures, sound, n_flashes = flashing(tmp_path, rate)
        how = profile(name)
        film = tmp_path / f"film{how.suffix}"
        report = encode(Frames.of(pictures, frame_rate=rate), film, how, Inputs(sound=sound))
        assert report.complaints == []
        late_ms = flash_and_beep(film)
        assert len(late_ms) == n_flashes
        assert np.abs(late_ms).max() < 10

    @pytest.mark.parametrize("late_s", [-0.12, 0.045])
    def test_the_meter_sees_what_is_late(self, late_s: float, tmp_path: Path) -> None:
        pictures, sound, _ = flashing(tmp_path, RATE, late_s=late_s)
        encode(Frames.of(pictures, frame_rate=RATE), tmp_path / "film.mp4", profile("web"), Inputs(sound=sound))
        assert np.allclose(flash_and_beep(tmp_path / "film.mp4"), 1000 * late_s, atol=2)

    def test_sound_is_as_long_as_the_picture_and_the_same_bytes_come_again(
        self, frames: Frames, tone: Path, tmp_path: Path
    ) -> None:
        for name in ("one.mp4", "two.mp4"):
            report = encode(frames, tmp_path / name, profile("web"), Inputs(sound=tone))
        assert (report.n_frames, report.duration_s) == (10, 0.4)
        assert abs(report.sound_s - report.duration_s) < 0.025
        assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()

    def test_keyframes_lie_as_far_apart_as_the_profile_says(self, tmp_path: Path) -> None:
        pictures, _, _ = flashing(tmp_path, RATE)
        encode(Frames.of(pictures, frame_rate=RATE), tmp_path / "film.mp4", replace(profile("web"), keyframe_s=0.8))
        with av.open(str(tmp_path / "film.mp4")) as film:
            keys = [float(packet.pts * packet.time_base) for packet in film.demux(video=0) if packet.is_keyframe]
        assert np.allclose(keys, [0, 0.8, 1.6, 2.4])


class TestPicture:
    def test_colours_are_tagged_and_come_back(self, frames: Frames, tmp_path: Path) -> None:
        opaque = replace(frames, has_alpha=False)
        encode(opaque, tmp_path / "film.mp4", profile("web"))
        with av.open(str(tmp_path / "film.mp4")) as film:
            picture = next(film.decode(video=0))
            assert (picture.colorspace, picture.color_range) == (1, 1)
        raw = ffmpeg("-i", tmp_path / "film.mp4", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
        seen = np.frombuffer(raw, np.uint8).reshape(48, 64, 3)
        assert np.abs(seen.astype(int) - (200, 120, 40)).max() <= 4

    @pytest.mark.parametrize("pixels", ["yuv420p", "yuv420p10le"])
    def test_without_alpha_what_is_transparent_is_black(self, pixels: str, frames: Frames, tmp_path: Path) -> None:
        flat = replace(EXACT, pixels=pixels)
        encode(frames, tmp_path / "film.mp4", flat, Inputs(poster=tmp_path / "p.png", poster_s=0))
        seen = np.asarray(Image.open(tmp_path / "p.png").convert("RGB")).astype(int)
        assert seen[20, 0].max() < 8
        assert np.abs(seen[20, 62] - (200, 120, 40)).max() < 12

    def test_prores_keeps_alpha_exactly(self, frames: Frames, tmp_path: Path) -> None:
        encode(frames, tmp_path / "film.mov", profile("prores4444"))
        with frames.pixels() as given, Frames.of(tmp_path / "film.mov").pixels() as kept:
            pairs = [(a[..., 3].astype(int), b[..., 3].astype(int)) for a, b in zip(given, kept, strict=True)]
        assert len(pairs) == 10
        assert all((a == b).all() for a, b in pairs)

    def test_vp9_keeps_alpha(self, frames: Frames, tmp_path: Path) -> None:
        report = encode(frames, tmp_path / "film.webm", profile("vp9-alpha"))
        assert report.complaints == []
        with frames.pixels() as given, Frames.of(tmp_path / "film.webm").pixels() as kept:
            away = [np.abs(a[:, :60, 3].astype(int) - b[:, :60, 3]).mean() for a, b in zip(given, kept, strict=True)]
        assert max(away) < 4

    def test_premultiplied_colours_are_divided_again(self, tmp_path: Path) -> None:
        folder = tmp_path / "frames"
        folder.mkdir()
        Image.new("RGBA", (64, 48), (100, 60, 20, 128)).save(folder / "0.png")
        with Frames.of(folder, frame_rate=RATE, premultiplied=True).pixels() as pictures:
            seen = next(pictures)[0, 0].astype(int)
        assert np.abs(seen - (199, 120, 40, 128)).max() <= 1

    def test_the_mouth_stays_free_in_an_upright_cut(self, tmp_path: Path) -> None:
        folder = tmp_path / "frames"
        folder.mkdir()
        picture = Image.new("RGB", (320, 180), (90, 90, 90))
        picture.paste((255, 0, 0), (230, 100, 250, 112))
        picture.save(folder / "0.png")
        upright = replace(profile("vertical"), size=(108, 192))
        made = Frames.of(folder, frame_rate=RATE)
        report = encode(made, tmp_path / "film.mp4", upright, Inputs(mouth=Box(230, 100, 20, 12)))
        assert report.complaints == []
        encode(made, tmp_path / "film.mp4", upright, Inputs(mouth=Box(230, 100, 20, 12), poster=tmp_path / "p.png"))
        red = np.asarray(Image.open(tmp_path / "p.png").convert("RGB")).astype(int)
        rows, columns = np.nonzero(red[..., 0] - red[..., 1] > 80)
        x, y, wide, high = map(float, report.mouth.split(","))
        assert np.allclose((columns.min(), rows.min()), (x, y), atol=2)
        assert np.allclose((columns.max() + 1, rows.max() + 1), (x + wide, y + high), atol=2)

    def test_a_mouth_that_is_covered_is_told(self, frames: Frames, tmp_path: Path) -> None:
        upright = replace(profile("vertical"), size=(108, 192))
        report = encode(frames, tmp_path / "film.mp4", upright, Inputs(mouth=Box(20, 40, 10, 8)))
        assert report.exit_code == 1
        assert "the mouth at" in report.complaints[0]


SRT = "1\n00:00:00,000 --> 00:00:00,400\nHello, Bob!\nHow are you?\n"


class TestCaptions:
    @pytest.mark.parametrize("name", ["web", "vp9-alpha", "prores4444"])
    def test_they_are_a_track_in_their_language(self, name: str, frames: Frames, tone: Path, tmp_path: Path) -> None:
        (tmp_path / "line.srt").write_text(SRT)
        how = profile(name)
        film = tmp_path / f"film{how.suffix}"
        encode(frames, film, how, Inputs(sound=tone, captions=tmp_path / "line.srt", language="de-AT"))
        with av.open(str(film)) as opened:
            assert [track.language for track in opened.streams.subtitles] == ["ger" if name == "prores4444" else "deu"]
        assert b"How are you?" in ffmpeg("-i", film, "-map", "0:s:0", "-f", "srt", "-")

    @pytest.mark.parametrize(("mouth", "at_top"), [(None, False), (Box(120, 180, 80, 40), True)])
    def test_in_the_picture_they_cover_no_mouth(self, mouth: Box | None, at_top: bool, tmp_path: Path) -> None:
        folder = tmp_path / "frames"
        folder.mkdir()
        for number in range(2):
            Image.new("RGB", (320, 240), (0, 0, 90)).save(folder / f"{number}.png")
        (tmp_path / "line.srt").write_text(SRT)
        report = encode(
            Frames.of(folder, frame_rate=RATE), tmp_path / "film.mp4", profile("web"),
            Inputs(captions=tmp_path / "line.srt", captions_as="burnt", mouth=mouth, poster=tmp_path / "p.png"),
        )  # fmt: skip
        assert report.complaints == []
        white = np.asarray(Image.open(tmp_path / "p.png").convert("L")) > 150
        rows = np.flatnonzero(white.any(axis=1))
        assert white.sum() > 200
        assert rows.max() < 120 if at_top else rows.min() > 120
        if mouth is not None:
            assert not white[180:220, 120:200].any()


class TestPlate:
    def test_a_render_is_blended_in_linear_light(self, tmp_path: Path) -> None:
        over = tmp_path / "over"
        over.mkdir()
        Image.new("RGBA", (32, 32), (255, 255, 255, 128)).save(over / "0.png")
        Image.new("RGB", (128, 96), (0, 0, 0)).save(tmp_path / "plate.png")
        plate = Plate(path=tmp_path / "plate.png", at=(40, 50), scale=0.5)
        encode(
            Frames.of(over, frame_rate=RATE), tmp_path / "film.mp4", EXACT,
            Inputs(plate=plate, poster=tmp_path / "p.png"),
        )  # fmt: skip
        seen = np.asarray(Image.open(tmp_path / "p.png").convert("L")).astype(int)
        assert abs(seen[50, 40] - 188) <= 3  # half of the light; 128 were half of the code
        rows, columns = np.nonzero(seen > 90)
        assert (columns.min(), columns.max(), rows.min(), rows.max()) == (32, 47, 42, 57)

    def test_it_may_reach_beyond_the_plate(self, frames: Frames, tmp_path: Path) -> None:
        Image.new("RGB", (32, 32), (0, 0, 0)).save(tmp_path / "plate.png")
        plate = Plate(path=tmp_path / "plate.png", at=(0, 0))
        assert encode(frames, tmp_path / "film.mp4", profile("web"), Inputs(plate=plate)).exit_code == 0

    def test_colours_and_grain_become_the_plates(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        over = tmp_path / "over"
        over.mkdir()
        for number in range(4):
            face = np.full((96, 96, 4), 255, np.uint8)
            face[..., :3] = np.array([150, 160, 200]) + rng.integers(-15, 16, (12, 12, 1)).repeat(8, 0).repeat(8, 1)
            Image.fromarray(face).save(over / f"{number}.png")
            skin = np.array([190.0, 140, 110]) + 6 * rng.standard_normal((96, 224, 1))
            Image.fromarray(np.clip(skin, 0, 255).astype(np.uint8)).save(tmp_path / f"skin{number}.png")
        ffmpeg("-i", tmp_path / "skin%d.png", "-c:v", "ffv1", "-pix_fmt", "bgr0", tmp_path / "plate.mkv")
        plate = Plate(path=tmp_path / "plate.mkv", at=(170, 48), match=Box(0, 0, 100, 96), grain=True)
        encode(
            Frames.of(over, frame_rate=RATE), tmp_path / "film.mp4", EXACT,
            Inputs(plate=plate, poster=tmp_path / "p.png"),
        )  # fmt: skip
        seen = np.asarray(Image.open(tmp_path / "p.png").convert("RGB")).astype(float)
        ours, theirs = seen[:, 124:216], seen[:, :100]
        assert np.abs(ours.mean((0, 1)) - theirs.mean((0, 1))).max() < 6
        fine = [np.diff(part, axis=1).std() for part in (ours, theirs)]
        assert 0.6 < fine[0] / fine[1] < 1.6


class TestBadInput:
    def test_gaps_are_listed(self, frames: Frames) -> None:
        for number in (3, 4, 7):
            (frames.source / f"{number:04}.png").unlink()
        with pytest.raises(InputError, match="lacks the frames 3-4, 7; render those"):
            Frames.of(frames.source, frame_rate=RATE)

    @pytest.mark.parametrize(
        ("made", "message"),
        [
            (lambda folder: (folder / "b1.png").touch(), "several series"),
            (lambda folder: [path.unlink() for path in folder.iterdir()], "no numbered pictures"),
            (lambda folder: (folder / "0000.png").write_bytes(b"no picture"), "render that frame again"),
        ],
    )
    def test_a_folder_that_is_no_film(self, made, message: str, frames: Frames) -> None:
        made(frames.source)
        with pytest.raises(InputError, match=message):
            Frames.of(frames.source, frame_rate=RATE)

    def test_a_broken_picture_leaves_no_film(self, frames: Frames, tmp_path: Path) -> None:
        (frames.source / "0005.png").write_bytes((frames.source / "0005.png").read_bytes()[:60])
        with pytest.raises(InputError, match="picture"):
            encode(frames, tmp_path / "film.mp4", profile("web"))
        assert not list(tmp_path.glob("*film*")) + list(tmp_path.glob(".draft*"))

    def test_a_rate_is_wanted(self, frames: Frames) -> None:
        with pytest.raises(InputError, match="give their frame rate"):
            Frames.of(frames.source)

    def test_sound_that_outlasts_the_frames(self, frames: Frames, tmp_path: Path) -> None:
        soundfile.write(tmp_path / "long.wav", np.zeros(96_000), 48_000)
        with pytest.raises(InputError, match=r"lasts 2.00 s and the frames 0.40 s"):
            encode(frames, tmp_path / "film.mp4", profile("web"), Inputs(sound=tmp_path / "long.wav"))

    @pytest.mark.parametrize(
        ("inputs", "message"),
        [
            (Inputs(sound=Path("none.wav")), "no such file"),
            (Inputs(captions=Path("none.srt")), "cannot be read"),
            (Inputs(captions=Path("none.doc")), "an .srt or .vtt file"),
            (Inputs(plate=Plate(path=Path("none.mp4"))), "no such plate"),
            (Inputs(mouth=Box(60, 40, 20, 20)), "leaves the picture"),
            (Inputs(poster=Path("poster.tga")), "a poster is"),
        ],
    )
    def test_each_input_is_named(self, inputs: Inputs, message: str, frames: Frames, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=message):
            encode(frames, tmp_path / "film.mp4", profile("web"), inputs)
        assert not list(tmp_path.glob("film*"))

    def test_another_suffix(self, frames: Frames, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"makes \.mov files"):
            encode(frames, tmp_path / "film.mp4", profile("prores4444"))

    def test_a_plate_under_opaque_pictures(self, frames: Frames, tmp_path: Path) -> None:
        Image.new("RGB", (32, 32)).save(tmp_path / "plate.png")
        with pytest.raises(InputError, match="hide the plate"):
            encode(
                replace(frames, has_alpha=False), tmp_path / "film.mp4", profile("web"),
                Inputs(plate=Plate(path=tmp_path / "plate.png")),
            )  # fmt: skip
