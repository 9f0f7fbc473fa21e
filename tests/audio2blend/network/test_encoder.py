"""Hearing with a Whisper model of one's own: the log-mel, the windows, the head, and errors that help.

Some tests need CTranslate2 and the folder of a Whisper base that AUDIO2BLEND_WHISPER names; without, they are skipped.
"""

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.audio import Speech, load
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.network import EncoderNetwork, Network
from audio2blend.network.encoder import HEAD, at_60
from audio2blend.network.network import WEIGHTS
from audio2blend.network.whisper import RATE, WIDTH, WINDOW, Whisper, joined, log_mel
from audio2blend.qa import Lips, correlation
from audio2blend.train.corpora import grid

JAW = ARKIT.index("jawOpen")
HOP = 320


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get("AUDIO2BLEND_WHISPER")
    if not named or find_spec("ctranslate2") is None:
        pytest.skip("needs CTranslate2, and a Whisper base in the folder that AUDIO2BLEND_WHISPER names")
    return Path(named)


@pytest.fixture(scope="module")
def network(folder: Path) -> EncoderNetwork:
    return EncoderNetwork.open(folder, device="cpu", threads=1)


@pytest.fixture(scope="module")
def head() -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(HEAD), providers=["CPUExecutionProvider"])


# The log-mel that Whisper is given.


def test_silence_is_the_floor() -> None:
    mels = log_mel(np.zeros(3200, np.float32))
    assert mels.shape == (80, 20)
    assert np.all(mels == -1.5)  # (log10(1e-10) + 4) / 4


@pytest.mark.parametrize(("hertz", "band"), [(500, 12), (1000, 25), (3000, 54)])
def test_a_tone_is_loudest_in_its_band(hertz: float, band: int) -> None:
    # 81 steps of Slaney's scale to 8 kHz, 45.25 mel: a band's middle lies where the scale says.
    tone = np.sin(2 * np.pi * hertz * np.arange(16_000) / 16_000).astype(np.float32)
    loudest = log_mel(tone)[:, 5:-5].argmax(axis=0)
    assert set(loudest) <= {band, band + 1}


def test_ten_times_the_sound_is_half_a_unit_more() -> None:
    noise = np.random.default_rng(0).standard_normal(32_000).astype(np.float32)
    np.testing.assert_allclose(log_mel(10 * noise), log_mel(noise) + 0.5, atol=1e-5)


def test_nothing_is_quieter_than_80_db_below_the_peak() -> None:
    sound = np.zeros(32_000, np.float32)
    sound[:1600] = 1
    mels = log_mel(sound)
    assert mels.max() - mels.min() == pytest.approx(2)


def test_odd_samples_are_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="multiple of 160"):
        log_mel(np.zeros(100, np.float32))


@pytest.mark.skipif(find_spec("faster_whisper") is None, reason="faster-whisper is not installed")
def test_it_is_what_others_give_whisper(hello: Path) -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    samples = load(hello).samples
    samples = samples[: len(samples) // HOP * HOP]
    theirs = FeatureExtractor()(samples, padding=0)[:, : len(samples) // 160]
    assert np.abs(log_mel(samples) - theirs).mean() < 1e-4


# Windows of 30 s, joined.


def loudness(samples: np.ndarray) -> np.ndarray:
    """Return features [1500, 1] that depend on the 20 ms of each alone."""
    sound = np.zeros(WINDOW * HOP, np.float32)
    sound[: len(samples)] = samples
    return np.abs(sound).reshape(-1, HOP).mean(axis=1)[:, None]


@settings(deadline=None, max_examples=30)
@given(n_samples=st.integers(0, 90 * 16_000), seed=st.integers(0, 9))
def test_windows_join_without_a_seam(n_samples: int, seed: int) -> None:
    samples = np.random.default_rng(seed).standard_normal(n_samples).astype(np.float32)
    posteriors = np.concatenate(list(joined(samples, loudness)))
    total = -(-n_samples // HOP)
    whole = np.zeros(total * HOP, np.float32)
    whole[:n_samples] = samples
    np.testing.assert_allclose(posteriors, np.abs(whole).reshape(-1, HOP).mean(axis=1)[:, None], atol=1e-6)


def test_one_window_fades_into_the_next() -> None:
    number = iter(range(9))
    posteriors = np.concatenate(
        list(joined(np.zeros(70 * 16_000, np.float32), lambda _: np.full((WINDOW, 1), next(number), np.float32)))
    )
    assert len(posteriors) == 70 * RATE
    assert posteriors[0] == 0
    assert posteriors[-1] == 2
    steps = np.diff(posteriors[:, 0])
    assert np.all(steps >= 0)
    assert steps.max() == pytest.approx(1 / RATE, abs=1e-6)  # a second from one to the next


def test_features_are_read_at_the_times_of_frames() -> None:
    times = (np.arange(500) + 0.5) / RATE
    frames = np.arange(6, 590)
    np.testing.assert_allclose(at_60(times[:, None].astype(np.float16), frames)[:, 0], frames / 60, atol=5e-3)


def test_before_the_first_feature_it_is_as_at_it() -> None:
    features = np.arange(6, dtype=np.float16)[:, None]
    assert at_60(features, np.array([-40, 0, 400]))[:, 0].tolist() == [0, 0, 5]
    assert at_60(features[:1], np.array([0, 3])).tolist() == [[0], [0]]


# The head by itself.


def run(head: onnxruntime.InferenceSession, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    weights, phones = head.run(["weights", "phones"], {"features": features[None].astype(np.float32)})
    return weights[0], phones[0]


def test_the_head_is_small_and_says_what_it_is(head: onnxruntime.InferenceSession) -> None:
    about = head.get_modelmeta().custom_metadata_map
    assert HEAD.stat().st_size < 10e6
    assert about["channels"].split() == list(ARKIT)
    assert about["phones"] == Network.load(device="cpu")._session.get_modelmeta().custom_metadata_map["phones"]


def test_the_head_gives_weights_and_probabilities(head: onnxruntime.InferenceSession) -> None:
    weights, phones = run(head, np.random.default_rng(0).normal(0, 2, (200, WIDTH)))
    assert weights.shape == (200, 52)
    assert weights.min() >= 0
    assert weights.max() <= 1
    np.testing.assert_allclose(phones.sum(axis=1), 1, atol=1e-5)


def test_no_further_frame_changes_a_frame(head: onnxruntime.InferenceSession) -> None:
    reach = int(head.get_modelmeta().custom_metadata_map["head_context_frames"])
    features = np.random.default_rng(1).normal(0, 2, (200, WIDTH))
    changed = features.copy()
    changed[100] += 5
    difference = np.abs(run(head, features)[1] - run(head, changed)[1]).max(axis=1)
    difference += np.abs(run(head, features)[0] - run(head, changed)[0]).max(axis=1)
    assert difference[100 - reach : 101 + reach].min() > 0
    assert np.all(difference[: 100 - reach] == 0)
    assert np.all(difference[101 + reach :] == 0)


# Errors.


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no Whisper model in .*; name a folder with the model.bin"):
        EncoderNetwork.open(tmp_path)


@pytest.mark.skipif(find_spec("ctranslate2") is not None, reason="CTranslate2 is installed")
def test_without_ctranslate2(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(MissingDependencyError, match=r"pip install 'audio2blend\[encoder\]'"):
        EncoderNetwork.open(tmp_path)


@pytest.mark.skipif(find_spec("ctranslate2") is None, reason="CTranslate2 is not installed")
def test_a_model_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"no model at all")
    with pytest.raises(InputError, match="holds no Whisper model that CTranslate2 can read"):
        EncoderNetwork.open(tmp_path)


def test_an_unknown_device(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose auto, cpu or cuda"):
        Whisper.open(tmp_path, device="tpu")


def test_a_gpu_that_is_not_there(folder: Path) -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has a GPU")
    with pytest.raises(MissingDependencyError, match='pass device="cpu"'):
        EncoderNetwork.open(folder, device="cuda")


class NoCublas:
    """Stands in for CTranslate2 on a machine with a GPU but without cuBLAS, which it misses when it first computes."""

    def __init__(self, folder: str, *, device: str, compute_type: str, intra_threads: int) -> None:
        self.device, self.is_multilingual, self.n_mels = device, True, 80

    def encode(self, mels: np.ndarray, *, to_cpu: bool) -> np.ndarray:
        if self.device == "cuda":
            raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")
        return np.zeros((1, mels.shape[2] // 2, WIDTH), np.float32)


def test_a_gpu_whose_libraries_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = SimpleNamespace(
        get_cuda_device_count=lambda: 1,
        models=SimpleNamespace(Whisper=NoCublas),
        StorageView=SimpleNamespace(from_array=np.asarray),
    )
    monkeypatch.setitem(sys.modules, "ctranslate2", stand_in)
    (tmp_path / "model.bin").touch()
    assert Whisper.open(tmp_path).device == "cpu"
    with pytest.raises(MissingDependencyError, match=r'libcublas\.so\.12 is not found .*, or pass device="cpu"'):
        Whisper.open(tmp_path, device="cuda")


def test_heads_and_networks_are_not_taken_for_each_other(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no audio2blend network"):
        Network.load(HEAD)
    with pytest.raises(InputError, match="is no head for an encoder"):
        EncoderNetwork.open(tmp_path, head=WEIGHTS["best"])
    with pytest.raises(InputError, match="there is no head"):
        EncoderNetwork.open(tmp_path, head=tmp_path / "none.onnx")


def test_the_command_says_what_is_wrong(hello: Path, tmp_path: Path, refuses: Callable[..., None]) -> None:
    line = ("animate", hello, "-o", tmp_path / "out" / "line.json", "--encoder", tmp_path)
    refuses(f"there is no Whisper model in {tmp_path}", *line)
    refuses("leave out --quality live", *line, "--quality", "live")


# With a Whisper model.


def test_there_is_a_frame_for_every_sixtieth_begun(network: EncoderNetwork) -> None:
    for n_samples, n_frames in ((0, 0), (1, 1), (267, 2), (16_000, 60), (35 * 16_000 + 5, 2101)):
        face, posteriors = network.predict(Speech(samples=np.zeros(n_samples, np.float32)))
        assert len(face) == len(posteriors.probabilities) == n_frames
        assert np.all(face.values[:, JAW] < 0.05)


def test_it_says_the_same_again_and_speaks_in_its_pieces(network: EncoderNetwork, hello: Path) -> None:
    speech = load(hello)
    told: list[tuple[int, int]] = []
    one, posteriors = network.predict(speech, progress=lambda *told_now: told.append(told_now))
    assert one.values.tobytes() == network.run(speech).values.tobytes()
    assert told[-1] == (len(one), len(one))
    assert one.metadata["model"].startswith("audio2blend-encoder")
    assert posteriors.phones == Network.load(device="cpu").phones


def test_no_seam_in_a_long_recording(network: EncoderNetwork, hello: Path) -> None:
    once = load(hello).samples
    samples = np.concatenate([once, np.zeros(8000, np.float32)] * 9)[: 70 * 16_000]
    face = network.run(Speech(samples=samples))
    speed = np.abs(np.diff(face.values[:, JAW]))
    seams = [round(60 * (26 * k + at)) for k in (1, 2) for at in (0, 1.5, 2.5, 4)]
    assert max(speed[seam - 3 : seam + 3].max() for seam in seams if seam < len(speed) - 3) <= np.percentile(
        speed, 99.5
    )


def test_it_cannot_stream(network: EncoderNetwork) -> None:
    with pytest.raises(InputError, match="for a stream load one of quality live"):
        network.listener()


def test_it_follows_lips_on_unseen_sentences(network: EncoderNetwork, corpora: Path, ict_lips: Lips) -> None:
    tracks = grid.load_tracks(corpora)
    said, true = [], []
    for sample in list(grid.load(corpora, held=True))[:20]:
        index = tracks.ids.index(sample.name)
        start, end = tracks.speech[index]
        times = np.arange(75) / grid.FPS
        times = times[(times >= start) & (times <= end)]
        face = network.run(Speech(samples=sample.samples))
        said.append(np.interp(times, face.times_s, ict_lips.opening(face.values)))
        true.append(np.interp(times, np.arange(75) / grid.FPS, tracks.opening[index]))
    assert correlation(np.concatenate(said), np.concatenate(true).astype(float)) > 0.86
