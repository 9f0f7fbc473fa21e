"""Every kind of file that libsndfile writes is read, and told when it ends early."""

import shutil
import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from audio2blend import load
from audio2blend.errors import InputError
from tests.support.sounds import ffmpeg, likeness

RATE = 16_000
NEVER = {"RAW"}
"""Files without a header: nobody can know what they hold."""
UNREADABLE = {("AIFF", "DWVW_12"), ("AIFF", "DWVW_16"), ("AIFF", "DWVW_24"), ("AIFF", "DWVW_N")}
"""What libsndfile writes and cannot read again through Python."""


def kinds() -> list[tuple[str, str, str]]:
    """Return format, subtype and byte order of all that can be written."""
    return [
        (kind, subtype, order)
        for kind in soundfile.available_formats()
        for subtype in soundfile.available_subtypes(kind)
        for order in ("FILE", "LITTLE", "BIG")
        if kind not in NEVER and (kind, subtype) not in UNREADABLE and soundfile.check_format(kind, subtype, order)
    ]


@pytest.fixture(scope="module")
def voiced(voice) -> np.ndarray:
    """Two seconds at 16 kHz."""
    import soxr

    return soxr.resample(voice, 48_000, RATE)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("kind", kinds(), ids="-".join)
def test_what_libsndfile_writes_is_read(kind, channels, tmp_path, voiced):
    format_, subtype, order = kind
    path = tmp_path / f"line.{format_.lower()}"
    try:
        soundfile.write(path, np.stack([voiced] * channels, 1), RATE, format=format_, subtype=subtype, endian=order)
    except soundfile.LibsndfileError:
        pytest.skip("libsndfile does not write this after all")
    samples = load(path).samples
    rate_hz = soundfile.info(path).samplerate  # .wve knows but one
    assert len(samples) / 16_000 == pytest.approx(len(voiced) / rate_hz, abs=0.06)
    if rate_hz == RATE and format_ not in ("OGG", "MP3"):  # in time, too
        assert likeness(samples, voiced.astype(np.float32)) > 0.97


@pytest.mark.parametrize("name", ["sowt.aiff", "in24.wav", "raw.au", "alac.caf", "float.w64", "adpcm.wav", "law.voc"])
def test_what_ffmpeg_writes_is_read(name, tmp_path, voiced):
    codec = {
        "sowt.aiff": "pcm_s16le", "in24.wav": "pcm_s24le", "raw.au": "pcm_f32be", "alac.caf": "alac",
        "float.w64": "pcm_f32le", "adpcm.wav": "adpcm_ms", "law.voc": "pcm_s16le",
    }[name]  # fmt: skip
    soundfile.write(tmp_path / "source.wav", voiced, RATE)
    ffmpeg("-i", tmp_path / "source.wav", "-c:a", codec, tmp_path / name)
    assert likeness(load(tmp_path / name).samples, voiced.astype(np.float32)) > 0.97


@pytest.mark.parametrize("kind", ["caf", "au", "w64", "aiff", "wav", "flac", "ircam"])
def test_what_ffmpeg_writes_to_a_pipe_is_whole(kind, tmp_path, voiced):
    """Its writer could not go back to say how long it is."""
    soundfile.write(tmp_path / "source.wav", voiced, RATE)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", tmp_path / "source.wav", "-f", kind, "-"]
    (tmp_path / "piped").write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert likeness(load(tmp_path / "piped").samples, voiced.astype(np.float32)) > 0.97
    assert load(tmp_path / "piped").duration_s == pytest.approx(2, abs=0.05)


def wav(samples: np.ndarray, over: int, order: str = "<") -> bytes:
    """Return a WAV file whose header states so many bytes too many."""
    pcm = (samples * 32767).astype(order + "i2").tobytes()
    form = struct.pack(order + "IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    riff = (b"RIFF" if order == "<" else b"RIFX") + struct.pack(order + "I", 36 + len(pcm) + over)
    return riff + b"WAVEfmt " + form + b"data" + struct.pack(order + "I", len(pcm) + over) + pcm


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("over", [1, 2, 8, 36, 44, 4096])
def test_a_header_that_states_a_little_too_much_is_no_loss(over, order, tmp_path, voiced, caplog):
    (tmp_path / "line.wav").write_bytes(wav(voiced, over, order))
    assert load(tmp_path / "line.wav").duration_s == pytest.approx(2, abs=0.001)
    assert caplog.text == ""


STATE = ["WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "AU", "SVX", "AVR", "MAT4", "MAT5", "MPC2K", "NIST", "WVE"]


@pytest.mark.parametrize("kind", STATE)
def test_a_file_that_ends_early_says_so(kind, tmp_path, voiced):
    path = tmp_path / f"line.{kind.lower()}"
    soundfile.write(path, voiced, RATE, format=kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(InputError, match="cut short"):
        load(path)
    path.write_bytes(whole[:-44])  # what a header may state too much
    assert load(path).duration_s * (2 if kind == "WVE" else 1) > 1.9
    path.write_bytes(whole + bytes(100))
    assert load(path).duration_s > 1.9


def test_sound_designer_files_have_their_header_beside_them(tmp_path, voiced):
    soundfile.write(tmp_path / "line.sd2", voiced, RATE, format="SD2")
    assert likeness(load(tmp_path / "line.sd2").samples, voiced.astype(np.float32)) > 0.99
    alone = Path(shutil.copy(tmp_path / "line.sd2", tmp_path / "alone.sd2"))
    with pytest.raises(InputError, match=r"cannot be read without the file \._alone\.sd2 beside it"):
        load(alone)
