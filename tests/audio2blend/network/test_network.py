"""The network at run time: right shapes, the same result whatever the chunks, any loudness, and errors that help."""

import re
import subprocess
import sys
import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.audio import Speech, load
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.network import Network
from audio2blend.network.network import WEIGHTS
from audio2blend.network.providers import open_session
from audio2blend.train.evaluation import OfNetwork
from audio2blend.train.evaluation.in_silence import in_silence
from audio2blend.train.evaluation.on_grid import on_grid

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
JAW = ARKIT.index("jawOpen")


@pytest.fixture(scope="module", params=["best", "live"])
def network(request) -> Network:
    return Network.load(quality=request.param, device="cpu")


@pytest.fixture(scope="module")
def best() -> Network:
    return Network.load(device="cpu")


@pytest.fixture(scope="module")
def babble() -> Speech:
    """40 s that no frame of which is like another: a buzz whose pitch, timbre and loudness wander, and pauses."""
    random = np.random.default_rng(5)
    n = 40 * 16_000
    knots = np.linspace(0, n, 200)

    def wander(low: float, high: float) -> np.ndarray:
        return np.interp(np.arange(n), knots, random.uniform(low, high, 200))

    buzz = np.sign(np.sin(2 * np.pi * np.cumsum(wander(80, 240)) / 16_000))
    formant = np.sin(2 * np.pi * np.cumsum(wander(300, 2500)) / 16_000)
    loud = np.clip(wander(-0.3, 0.4), 0, None)
    return Speech(samples=(buzz * (0.5 + 0.5 * formant) * loud + 1e-4 * random.standard_normal(n)).astype(np.float32))


def cut(speech: Speech, n_samples: int, start: int = 0) -> Speech:
    return Speech(samples=speech.samples[start : start + n_samples])


def test_a_clip_has_the_52_arkit_weights_at_60_fps_within_limits(network, babble):
    clip = network.run(babble)
    assert clip.channels == ARKIT
    assert clip.frame_rate == Fraction(60)
    assert clip.values.min() >= 0
    assert clip.values.max() <= 1
    name = {"best": "audio2blend 6", "live": "audio2blend-live 5"}[network.quality]
    assert clip.metadata["model"] == network.name == name


@pytest.mark.parametrize(
    ("n_samples", "n_frames"),
    [(0, 0), (1, 1), (266, 1), (267, 2), (800, 3), (801, 4), (1600, 6), (1601, 7), (16_000, 60), (47_999, 180)],
)
def test_there_is_a_frame_for_every_sixtieth_of_a_second_begun(network, babble, n_samples, n_frames):
    assert len(network.run(cut(babble, n_samples))) == n_frames


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(chunk_s=st.floats(0.05, 45), n_samples=st.integers(1, 40 * 16_000))
def test_chunks_change_nothing(network, babble, chunk_s, n_samples):
    speech = cut(babble, n_samples)
    whole, cut_up = (network.predict(speech, chunk_s=length_s) for length_s in (1000, chunk_s))
    np.testing.assert_allclose(cut_up[0].values, whole[0].values, atol=1e-5)
    np.testing.assert_allclose(cut_up[1].probabilities, whole[1].probabilities, atol=1e-4)


@pytest.mark.slow
def test_the_sound_around_a_chunk_is_enough_and_matters(best, babble):
    """What lies further away than the stated context never changes a frame; what lies nearer does."""
    context = -(-int(best.context_frames) // 6) * 6
    first = 10 * 60
    start = (first - context) * 800 // 3
    late = best.run(cut(babble, 20 * 16_000, start)).values[context]
    np.testing.assert_allclose(late, best.run(babble).values[first], atol=1e-5)
    without = best.run(cut(babble, 20 * 16_000, first * 800 // 3)).values[0]
    assert np.abs(without - late).max() > 1e-3


@pytest.mark.parametrize("quality", ["best", "live"])
def test_the_same_sound_gives_the_same_bytes(babble, quality):
    clips = [Network.load(quality=quality, device="cpu").run(cut(babble, 80_000)).values.tobytes() for _ in range(2)]
    assert clips[0] == clips[1]


def test_progress_is_told_after_every_chunk(network, babble):
    told = []
    network.run(cut(babble, 25 * 16_000), chunk_s=10, progress=lambda done, total: told.append((done, total)))
    late = 2 if network.quality == "live" else 0
    assert told[:2] == [(600 - late, 1500), (1200 - late, 1500)]
    assert told[-1] == (1500, 1500)


def test_a_mouth_rests_in_silence(network):
    silence = network.run(Speech(samples=np.zeros(80_000, np.float32))).values
    assert silence.max() < 0.02
    hiss = 0.002 * np.random.default_rng(0).standard_normal(80_000).astype(np.float32)
    assert network.run(Speech(samples=hiss)).values[:, JAW].max() < 0.05


def test_a_mouth_opens_in_speech_and_rests_before_and_after(network, hello):
    pause = np.zeros(24_000, np.float32)
    clip = network.run(Speech(samples=np.concatenate([pause, load(hello).samples, pause])))
    jaw = clip["jawOpen"]
    assert jaw.max() > 0.2
    assert jaw[:60].max() < 0.05
    assert jaw[-60:].max() < 0.05


@pytest.mark.parametrize("gain_db", [-12, 12])
def test_loudness_does_not_matter(network, hello, gain_db):
    samples = load(hello).samples
    said = network.run(Speech(samples=samples)).values
    turned = network.run(Speech(samples=samples * 10 ** (gain_db / 20))).values
    # Live, the first sound is judged by the faint noise before it, whose loudness is nearly nothing.
    assert np.abs(turned - said).max() < (0.02 if network.quality == "best" else 0.05)


def test_a_network_on_the_cpu_says_so(network):
    assert network.provider == "CPUExecutionProvider"
    assert Network.load(device="auto").provider in onnxruntime.get_available_providers()


def test_a_gpu_that_is_not_there_is_an_error_with_its_cure():
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime may find a GPU")
    with pytest.raises(MissingDependencyError, match=r"pip install 'onnxruntime-gpu\[cuda,cudnn\]'"):
        Network.load(device="cuda")


def test_two_onnxruntimes_are_an_error_with_its_cure():
    with pytest.raises(MissingDependencyError, match="pip uninstall -y onnxruntime onnxruntime-gpu"):
        open_session(WEIGHTS["best"], "cpu", packages=("onnxruntime", "onnxruntime-gpu"))


def test_no_installation_asks_for_two_onnxruntimes():
    """An extra cannot take a base dependency away, so none may bring another onnxruntime."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {"": project["dependencies"], **project["optional-dependencies"]}
    named = {extra: [line for line in lines if line.startswith("onnxruntime")] for extra, lines in asked.items()}
    assert {extra: len(lines) for extra, lines in named.items() if lines} == {"": 1}


def test_the_docs_give_the_commands_of_the_error():
    with pytest.raises(MissingDependencyError) as told:
        open_session(WEIGHTS["best"], "cpu", packages=("onnxruntime", "onnxruntime-gpu"))
    docs = (ROOT / "docs" / "devices.md").read_text("utf-8")
    commands = re.findall(r"^    (pip .+)$", docs, re.MULTILINE)
    assert len(commands) == 4
    assert [command for command in commands if command not in str(told.value)] == []


def test_a_network_that_looks_far_ahead_hears_no_streams(best):
    with pytest.raises(InputError, match="quality live"):
        best.listener()


def test_an_unknown_quality_is_an_error():
    with pytest.raises(InputError, match="'worst'; choose best or live"):
        Network.load(quality="worst")


def test_an_unknown_device_is_an_error():
    with pytest.raises(InputError, match="'tpu'"):
        Network.load(device="tpu")


def test_a_missing_or_foreign_network_is_an_error_that_names_it(tmp_path):
    with pytest.raises(InputError, match=r"no network .*none\.onnx"):
        Network.load(tmp_path / "none.onnx")
    foreign = tmp_path / "foreign.onnx"
    foreign.write_bytes(b"not a graph")
    with pytest.raises(InputError, match=r"foreign\.onnx"):
        Network.load(foreign)


def test_the_terminal_stays_quiet():
    code = "import numpy, audio2blend.network as n, audio2blend.audio as a;"
    code += "n.Network.load().run(a.Speech(samples=numpy.zeros(16000, numpy.float32)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_a_network_needs_no_torch():
    code = "import sys, audio2blend.network; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_lips_follow_real_ones_on_sentences_not_trained_on(network, corpora, ict_lips):
    """Within speech, at zero lag, against the opening measured from landmarks; a closed mouth elsewhere."""
    contender = OfNetwork("it", network, ict_lips, raw=True)
    scores = on_grid(corpora, contender)
    least = {"best": {"r": 0.86, "recall": 0.69, "false": 0.05}, "live": {"r": 0.82, "recall": 0.7, "false": 0.07}}
    floor = least[network.quality]
    assert scores["lip opening r"] > floor["r"]  # a ridge regression on the mel spectrum reaches 0.68
    assert scores["lip opening r, mean of recordings"] > floor["r"]
    assert scores["closures found"] > floor["recall"]
    assert scores["open taken for closed"] < floor["false"]
    assert 0.7 < scores["jitter ratio"] < 1.1
    assert abs(scores["A/V offset, ms"]) < 20
    assert min(in_silence(corpora, contender).values()) > 0.99
