"""Sound that comes in pieces: the same frames as for the whole of it, as soon as promised, from one small state."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio2blend import Animator, Clip, Speech, animate, load
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.network.network import WEIGHTS

pytestmark = pytest.mark.slow

RATE = 16_000


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(quality="live", device="cpu", threads=1)


@pytest.fixture(scope="module")
def line(hello) -> np.ndarray:
    """Speech, digital silence, speech at another loudness."""
    samples = load(hello).samples
    return np.concatenate([samples, np.zeros(RATE, np.float32), 0.1 * samples])


def joined(clips: list[Clip]) -> np.ndarray:
    """Return the frames of clips that follow one another without a gap."""
    n_frames = 0
    for clip in clips:
        assert clip.start_s == pytest.approx(n_frames / 60)
        assert clip.channels == ARKIT
        assert clip.frame_rate == Fraction(60)
        n_frames += len(clip)
    return np.concatenate([clip.values for clip in clips])


def streamed(animator: Animator, samples: np.ndarray, sizes: list[int]) -> np.ndarray:
    """Push samples in pieces of the given sizes, over and over, and return all frames."""
    clips, at, turn = [], 0, 0
    while at < len(samples):
        size = sizes[turn % len(sizes)]
        clips.append(animator.push(samples[at : at + size]))
        at, turn = at + size, turn + 1
    return joined([*clips, animator.flush()])


dials = st.fixed_dictionaries(
    {},
    optional={name: st.floats(0, 2) for name in ("strength", "jaw", "lips")}
    | {name: st.floats(0, 200) for name in ("smooth_ms", "lead_ms")},
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 40) | st.integers(200, 1200) | st.integers(1, 60_000), min_size=1).filter(any),
    n_samples=st.integers(1, 6 * RATE),
    dials=dials,
)
@example(sizes=[267], n_samples=4 * RATE, dials={"smooth_ms": 100.0, "lead_ms": 50.0, "jaw": 2.0, "lips": 0.5})
@example(sizes=[3000], n_samples=4 * RATE, dials={"smooth_ms": 40.0, "strength": 2.0})
def test_pieces_change_nothing(network, line, sizes, n_samples, dials):
    samples = line[:n_samples]
    if sum(sizes) / len(sizes) < 20:
        samples = samples[:RATE]  # enough of the smallest pieces
    whole = animate(Speech(samples=samples), network=network, performance=False, **dials)
    pieces = streamed(Animator(network=network, **dials), samples, sizes)
    assert len(pieces) == -(-len(samples) * 60 // RATE)
    np.testing.assert_allclose(pieces, whole.values, atol=1e-5)


def test_single_samples_change_nothing(network, line):
    samples = line[:4000]
    whole = animate(Speech(samples=samples), network=network, performance=False).values
    np.testing.assert_allclose(streamed(Animator(network=network), samples, [1]), whole, atol=1e-5)


@pytest.mark.slow
def test_minutes_at_once_and_a_long_stream_are_the_same(network, line):
    samples = np.resize(line, 150 * RATE)
    whole = joined([(animator := Animator(network=network)).push(samples), animator.flush()])
    pieces = streamed(Animator(network=network), samples, [RATE])
    np.testing.assert_allclose(pieces, whole, atol=1e-5)


@pytest.mark.parametrize(
    ("dials", "latency_ms"), [({}, 50), ({"smooth_ms": 50, "lead_ms": 35}, 50 + 2000 / 60 + 2000 / 60)], ids=str
)
def test_a_frame_comes_with_the_last_sample_that_matters_to_it(network, line, dials, latency_ms):
    """Frame k is given as soon as the sound goes `latency_ms` past k/60 s, and not one sample before."""
    animator = Animator(network=network, **dials)
    assert animator.latency_ms == pytest.approx(latency_ms)
    n_frames = 0
    for n_pushed, sample in enumerate(line[:5000], 1):
        n_frames += len(animator.push(sample[None]))
        due = [k for k in range(20) if n_pushed / RATE >= k / 60 + animator.latency_ms / 1000 - 1e-9]
        assert n_frames == len(due)


def test_sound_after_the_latency_does_not_matter_and_sound_within_it_does(network, line):
    frame, random = 100, np.random.default_rng(0)
    end = frame * RATE // 60 + RATE // 20 + 1

    def face(n_kept: int) -> np.ndarray:
        changed = line.copy()
        changed[n_kept:] = 0.1 * random.standard_normal(len(line) - n_kept)
        return animate(Speech(samples=changed), network=network, performance=False).values[frame]

    reference = animate(Speech(samples=line), network=network, performance=False).values[frame]
    np.testing.assert_allclose(face(end), reference, atol=1e-6)
    assert np.abs(face(end - RATE // 50) - reference).max() > 1e-4


def test_any_client_can_stream_the_graph_alone(line):
    """Samples and a state of zeros in; a row for each 1/60 s completed and the next state out."""
    session = onnxruntime.InferenceSession(str(WEIGHTS["live"]), providers=["CPUExecutionProvider"])
    about = session.get_modelmeta().custom_metadata_map
    assert float(about["latency_ms"]) <= 60
    assert int(about["delay_frames"]) * 1000 / 60 == pytest.approx(float(about["latency_ms"]))
    (width,) = (value.shape[1] for value in session.get_inputs() if value.name == "state")
    start = np.zeros((1, width), np.float32)
    names = ["weights", "phones", "voice", "next_state"]
    samples = line[None, : 2 * RATE]
    whole = session.run(names, {"samples": samples, "state": start})
    assert [value.shape for value in whole] == [(1, 120, 52), (1, 120, 40), (1, 120), (1, width)]
    rows, state = [], start
    for at in range(0, 2 * RATE, 800):
        *row, state = session.run(names, {"samples": samples[:, at : at + 800], "state": state})
        rows.append(row)
    for pieces, value in zip(zip(*rows, strict=True), whole[:3], strict=True):
        np.testing.assert_allclose(np.concatenate(pieces, axis=1), value, atol=1e-5)
    np.testing.assert_allclose(state, whole[3], atol=1e-3, rtol=1e-3)


def test_the_example_in_the_docs_runs():
    root = Path(__file__).resolve().parents[2]
    (code,) = re.findall(r"```python\n(.*?)```", (root / "docs" / "live.md").read_text("utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_after_flush_another_stream_begins(network, line):
    animator = Animator(network=network)
    first = streamed(animator, line[:30_000], [700])
    np.testing.assert_array_equal(streamed(animator, line[:30_000], [700]), first)


def test_streams_that_share_a_network_do_not_mix(network, line):
    alone = streamed(Animator(network=network), line[:20_000], [1000])
    one, other = Animator(network=network), Animator(network=network)
    clips = []
    for at in range(0, 20_000, 1000):
        clips.append(one.push(line[at : at + 1000]))
        other.push(line[at + 40_000 : at + 41_000])
    np.testing.assert_array_equal(joined([*clips, one.flush()]), alone)


def test_nothing_in_gives_nothing_out(network):
    animator = Animator(network=network)
    assert len(animator.push(np.zeros(0, np.float32))) == len(animator.flush()) == 0


def test_what_is_no_sound_is_refused_and_the_stream_goes_on(network, line):
    animator = Animator(network=network)
    clips = [animator.push(line[:5000])]
    with pytest.raises(InputError, match="not numbers"):
        animator.push(np.array([0.1, np.nan], np.float32))
    with pytest.raises(ValueError, match="not mono"):
        animator.push(np.zeros((2, 10), np.float32))
    clips += [animator.push(line[5000:9000]), animator.flush()]
    np.testing.assert_array_equal(joined(clips), streamed(Animator(network=network), line[:9000], [5000]))


def test_the_offline_network_and_a_strange_dial_are_errors_with_their_cure():
    with pytest.raises(InputError, match="quality live"):
        Animator(quality="best")
    with pytest.raises(InputError, match="from 0 to 10"):
        Animator(strength=-1)
    with pytest.raises(InputError, match="smooth_ms=300 is out of range"):
        Animator(smooth_ms=300)
