"""Many channels become one: those in which somebody speaks, whatever lies on the others."""

import numpy as np
import pytest
import soundfile
import soxr

from audio2blend import animate, load
from audio2blend.audio import original
from audio2blend.errors import InputError
from tests.support.commands import command
from tests.support.sounds import RATE, at_16k, chords, ffmpeg, likeness, noise, tone

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def spoken(hello) -> np.ndarray:
    """The recording at 48 kHz."""
    samples, rate_hz = soundfile.read(hello, dtype="float32")
    return soxr.resample(samples, rate_hz, RATE)


@pytest.fixture
def recorded(tmp_path):
    """Load a file with certain channels."""

    def write(*channels: np.ndarray, name: str = "tracks.wav", **options: int):
        soundfile.write(tmp_path / "tracks.wav", np.stack(channels, axis=1), RATE, subtype="FLOAT")
        if name != "tracks.wav":
            ffmpeg("-i", tmp_path / "tracks.wav", "-c:a", "pcm_s16le", tmp_path / name)
        return load(tmp_path / name, **options)

    return write


def with_voice_on(channel: int, count: int, voice: np.ndarray) -> list[np.ndarray]:
    """Return so many channels, all with the noise of a room, and with the voice on one."""
    channels = [noise(len(voice), -50, seed) for seed in range(count)]
    channels[channel] = channels[channel] + voice
    return channels


@pytest.mark.slow
@pytest.mark.parametrize("count", [*range(3, 18), 33])
def test_a_voice_on_any_channel_of_a_recorder_is_taken(count, recorded, spoken):
    voice = spoken[: 2 * RATE]
    for channel in {0, min(3, count - 1), count - 1}:  # the fourth of six is the bass of loudspeakers
        speech = recorded(*with_voice_on(channel, count, voice))
        assert likeness(speech.samples, at_16k(voice)) > 0.99
        assert np.flatnonzero(speech.mix.weights).tolist() == [channel]


@pytest.mark.slow
@pytest.mark.parametrize("count", [9, 17, 40])
@pytest.mark.parametrize("name", ["tracks.mov", "tracks.mkv", "tracks.caf", "tracks.w64"])
def test_recorders_write_many_containers(name, count, recorded, spoken):
    assert likeness(recorded(*with_voice_on(count - 1, count, spoken), name=name).samples, at_16k(spoken)) > 0.99


def test_which_channel_was_taken_is_said(recorded, spoken, caplog):
    recorded(tone(len(spoken)), chords(len(spoken)), spoken, np.zeros_like(spoken))
    assert "has 4 channels; channel 3 is taken" in caplog.text


def test_a_tone_beside_a_voice_is_left_out(recorded, spoken):
    for channels in ((spoken, tone(len(spoken))), (chords(len(spoken)), spoken)):
        assert likeness(recorded(*channels).samples, at_16k(spoken)) > 0.99


def test_two_who_speak_in_turn_are_both_taken(recorded, spoken):
    half = len(spoken) // 2
    before, after = spoken.copy(), spoken.copy()
    before[half:] *= 0.05
    after[:half] *= 0.05
    speech = recorded(before, noise(len(spoken), -50), after, tone(len(spoken)))
    assert np.flatnonzero(speech.mix.weights).tolist() == [0, 2]
    assert likeness(speech.samples, at_16k(spoken)) > 0.98


@pytest.mark.parametrize("count", [2, 6, 8])
def test_channels_that_are_alike_are_mixed(count, recorded, spoken):
    assert recorded(*[spoken] * count).mix.weights == ()


OPPOSITE = {
    "opposite": lambda voice: (voice, -voice),
    "opposite, each with its microphone": lambda voice: (
        voice + noise(len(voice), -58, 1), -voice + noise(len(voice), -58, 2)
    ),
    "not equally loud": lambda voice: (voice, -0.6 * voice),
    "two pairs": lambda voice: (voice, -voice, voice, -voice),
    "now and then": lambda voice: (voice, np.where(np.arange(len(voice)) < RATE * 2, voice, -voice)),
    "as whole numbers among floats": lambda voice: (30_000 * voice, -30_000 * voice),
}  # fmt: skip


class TestChannelsThatAreOpposite:
    @pytest.mark.parametrize("case", OPPOSITE)
    def test_do_not_cancel(self, case, recorded, spoken, hello):
        speech = recorded(*OPPOSITE[case](spoken))
        assert likeness(speech.samples, at_16k(spoken)) > 0.99
        jaw, wanted = (animate(each, performance=False)["jawOpen"] for each in (speech, load(hello)))
        assert jaw.max() == pytest.approx(wanted.max(), rel=0.1)

    @pytest.mark.parametrize("name", ["pair.flac", "pair.m4a", "pair.mp3", "pair.ogg"])
    def test_do_not_cancel_in_compressed_files(self, name, tmp_path, spoken):
        soundfile.write(tmp_path / "pair.wav", np.stack([spoken, -spoken], axis=1), RATE)
        ffmpeg("-i", tmp_path / "pair.wav", tmp_path / name)
        assert likeness(load(tmp_path / name).samples, at_16k(spoken)) > 0.97

    def test_are_told(self, recorded, spoken, caplog):
        recorded(spoken, -spoken)
        assert "has 2 channels; channels 1, 2 are taken, 2 inverted because of opposite polarity" in caplog.text

    def test_do_not_cancel_in_the_sound_of_a_video(self, recorded, spoken):
        _, blocks = original(recorded(spoken, -spoken))
        assert likeness(at_16k(np.concatenate(list(blocks))), at_16k(spoken)) > 0.99


def test_a_channel_can_be_chosen(recorded, tmp_path, spoken, refuses, caplog):
    other = chords(len(spoken))
    assert likeness(recorded(other, spoken, other, channel=2).samples, at_16k(spoken)) > 0.99
    assert likeness(recorded(other, spoken, other, channel=3).samples, at_16k(other)) > 0.99
    assert caplog.text == ""
    path = tmp_path / "tracks.wav"
    assert command("animate", path, "-o", tmp_path / "a.csv", "--channel", "2") == 0
    assert command("qa", tmp_path / "a.csv", "--speech", path, "--channel", "2") in (0, 1)
    refuses("has 3 channels; there is no channel 4", "animate", path, "-o", tmp_path / "b.csv", "--channel", "4")
    with pytest.raises(InputError, match="channel=0 is out of range; channels are counted from 1"):
        load(path, channel=0)


def test_one_channel_that_is_no_number_harms_no_other(recorded, spoken):
    broken = np.full_like(spoken, np.nan)
    assert likeness(recorded(spoken, broken, channel=1).samples, at_16k(spoken)) > 0.99


@pytest.mark.slow
def test_more_channels_than_ffmpeg_takes_are_refused_in_a_sentence(tmp_path, spoken):
    channels = np.stack(with_voice_on(0, 70, spoken), axis=1)
    soundfile.write(tmp_path / "tracks.wav", channels, RATE, subtype="PCM_16")
    assert likeness(load(tmp_path / "tracks.wav").samples, at_16k(spoken)) > 0.99
    ffmpeg("-i", tmp_path / "tracks.wav", "-c:a", "copy", tmp_path / "tracks.mov")
    with pytest.raises(InputError, match="has 70 channels, more than the 64 that can be read from such a file"):
        load(tmp_path / "tracks.mov")
