"""Training: what the corpora are turned into, what is measured and how, and that training and run time agree."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.network.encoder import at_60
from audio2blend.phones import PHONES, classes, merged
from audio2blend.qa import Lips, correlation
from audio2blend.train.__main__ import main
from audio2blend.train.augment import disguise
from audio2blend.train.batches import FRAMES, STYLES, Batches
from audio2blend.train.checkpoint import load_model, load_trunk, save_checkpoint
from audio2blend.train.corpora import Sample, facegood, grid
from audio2blend.train.export import export
from audio2blend.train.lips import load_lips
from audio2blend.train.live import DELAY, PHONE_DELAY, LiveModel
from audio2blend.train.loop import follow, masked, train
from audio2blend.train.loss import Loss
from audio2blend.train.model import Model
from audio2blend.train.pseudo_labels import spelled
from audio2blend.train.teach import guided, ridges_of, with_closures, with_faces
from audio2blend.train.teacher import encode_all
from audio2blend.train.teacher_features import Basis, Listening


@pytest.fixture(scope="module")
def lips() -> Lips:
    """A mouth of two lips of one vertex each, which jawOpen parts by 2 cm and mouthClose seals; eyes 8 cm apart."""
    neutral = np.zeros((6, 3), np.float32)
    neutral[2:4, 0] = -2.5, 2.5
    neutral[4:6, 0] = -4, 4
    deltas = np.zeros((52, 6, 3), np.float32)
    deltas[ARKIT.index("jawOpen"), 1, 1] = -2
    deltas[ARKIT.index("mouthClose"), 1, 1] = 2
    return Lips(neutral, deltas, slice(0, 1), slice(1, 2), slice(2, 4), slice(4, 6))


@pytest.fixture(scope="module")
def beeps() -> list[Sample]:
    """Recordings in which a beep opens the mouth."""
    random = np.random.default_rng(1)
    samples = []
    for number in range(6):
        n = 5 * 16_000
        time_s = np.arange(n) / 16_000
        on = np.sin(2 * np.pi * random.uniform(0.5, 1.5) * time_s + number) > 0
        weights = np.zeros((300, 52), np.float32)
        weights[:, ARKIT.index("jawOpen")] = 0.6 * on[(np.arange(300) * 800 // 3)]
        samples.append(
            Sample(
                name=str(number),
                corpus=STYLES[number % 2],
                samples=(0.2 * on * np.sign(np.sin(2 * np.pi * 150 * time_s))).astype(np.float32),
                weights=weights,
                phones=np.zeros(300, np.int64),
                voice=on[(np.arange(300) * 800 // 3)].astype(np.float32),
            )
        )
    return samples


def weights_of(**curves: float) -> np.ndarray:
    row = np.zeros((1, 52), np.float32)
    for name, value in curves.items():
        row[0, ARKIT.index(name)] = value
    return row


def test_opening_is_the_gap_of_the_lips_over_the_distance_of_the_eyes(lips):
    assert lips.opening(weights_of(jawOpen=0.5)) == pytest.approx(1 / 8)
    assert lips.opening(weights_of(jawOpen=0.5, mouthClose=0.7)) == 0
    assert lips.gap(weights_of(jawOpen=0.5, mouthClose=0.7)) == pytest.approx(-0.4 / 8)


def test_the_loss_reads_the_same_opening_as_the_measures(lips):
    weights = np.random.default_rng(0).random((1, 40, 52), dtype=np.float32)
    assert Loss(lips).opening(torch.tensor(weights))[0].numpy() == pytest.approx(lips.gap(weights[0]), abs=1e-5)


def test_phones_of_all_kinds_become_classes():
    spoken = [("ˈ", 0.0, 0.1), ("ɔ", 0.1, 0.2), ("ː", 0.2, 0.3), (" ", 0.3, 0.35), ("b", 0.35, 0.4), (".", 0.4, 0.6)]
    found = classes(merged(spoken), np.array([0.05, 0.25, 0.32, 0.37, 0.5, 0.7]))
    assert [PHONES[k] if k >= 0 else None for k in found] == ["ɔ", "ɔ", None, "b", "sil", "sil"]


def test_lips_are_shut_in_closures_and_left_alone_in_silence():
    names = ["sil"] * 30 + ["a"] * 12 + ["m"] * 6 + ["a"] * 12 + ["sil"] * 30
    weights = np.tile(weights_of(jawOpen=0.4, mouthLowerDownLeft=0.2), (90, 1))
    out = with_closures(weights, np.array([PHONES.index(name) for name in names]))
    close, jaw = out[:, ARKIT.index("mouthClose")], out[:, ARKIT.index("jawOpen")]
    assert np.all(close[42:48] >= 0.9 * jaw[42:48])
    assert np.all(out[42:48, ARKIT.index("mouthLowerDownLeft")] == 0)
    elsewhere = [*range(39), *range(51, 90)]
    np.testing.assert_array_equal(out[elsewhere], weights[elsewhere])


def test_a_disguise_keeps_the_time_of_what_is_said():
    samples = torch.zeros(8, 32_000)
    samples[:, 16_000:16_400] = torch.sin(torch.arange(400) * 0.3)
    loud = disguise(samples, torch.Generator().manual_seed(0)).square()
    middle = (loud[:, 16_000:17_600].sum(1) / loud.sum(1)).numpy()
    assert np.median(middle) > 0.5
    assert np.isfinite(loud.numpy()).all()


def test_batches_are_the_same_for_the_same_seed(beeps):
    first, again, other = (Batches(beeps, size=3, seed=seed).next() for seed in (1, 1, 2))
    assert torch.equal(first.samples, again.samples)
    assert not torch.equal(first.samples, other.samples)
    assert first.weights.shape == (3, FRAMES, 52)


def test_where_a_file_has_not_begun_the_mouth_is_closed(beeps):
    batch = Batches(beeps, size=32, seed=3).next()
    late = 0
    for samples, weights, face in zip(batch.samples, batch.weights, batch.face, strict=True):
        silent = int(samples.nonzero()[0]) * 60 // 16_000
        late += silent > 6
        assert torch.all(weights[:silent] == 0)
        assert torch.all(face[: max(0, silent - 25)] == 1), "long before, it is known to be"
        assert torch.all(face[max(0, silent - 23) : silent] == 0), "just before, it may be on its way"
    assert 3 < late < 29


def test_features_of_short_and_long_recordings_lie_where_their_sound_is():
    """The encoder here gives the mean of each 20 ms as its feature, so every feature can be told."""
    recordings = [np.full(n, value, np.float32) for n, value in ((8_000, 1.0), (1_000_000, 2.0), (333, 3.0))]

    def encoder(samples: np.ndarray) -> np.ndarray:
        return samples.reshape(1500, 320).mean(axis=1, keepdims=True)

    features = encode_all(encoder, recordings)
    assert [len(rows) for rows in features] == [25, 3125, 2]
    assert np.all(features[0] == 1)
    assert np.all(features[1] == 2)
    assert features[2][0] == 3


def test_a_basis_tells_features_in_few_numbers_of_unit_variance_at_sixty_frames_a_second():
    random = np.random.default_rng(0)
    features = (random.standard_normal((50_000, 200)) * np.linspace(3, 0.1, 200)).astype(np.float16)
    heard = Basis.of([features])(features)
    assert heard.shape == (50_000, 192)
    np.testing.assert_allclose(heard.astype(float).std(axis=0), 1, atol=0.15)
    rows = at_60(heard, np.arange(120))
    np.testing.assert_allclose(rows[3], heard[2], atol=1e-3)  # both are 50 ms in


def test_what_was_heard_is_kept_in_a_file_and_found_by_its_recording(beeps, tmp_path):
    heard = [np.full((250, 192), number, np.float16) for number in range(len(beeps))]
    Listening({Listening.key(s): rows for s, rows in zip(beeps, heard, strict=True)}).save(tmp_path / "heard.npz")
    listening = Listening.load(tmp_path / "heard.npz")
    for number, sample in enumerate(listening.to_imitate(beeps)):
        assert sample.features is not None
        assert np.all(sample.features == number)
    with pytest.raises(InputError, match=r"has no features of stranger of grid; run .* listen"):
        listening.of(replace(beeps[0], name="stranger"))
    with pytest.raises(InputError, match=r"no file .*none.npz; make one with"):
        Listening.load(tmp_path / "none.npz")


def test_voices_that_nobody_labelled_get_the_phones_that_the_teacher_is_sure_of(beeps, listening, tmp_path):
    spoken = [replace(s, phones=np.where(s.voice > 0, PHONES.index("a"), 0)) for s in beeps]
    unlabelled = replace(beeps[5], phones=np.where(beeps[5].voice > 0, -1, 0))
    told = spelled([*spoken[:5], unlabelled], listening, steps=60)
    assert set(told) == {Listening.key(unlabelled)}
    replace(listening, phones=told).save(tmp_path / "heard.npz")
    kept, found = Listening.load(tmp_path / "heard.npz").spelled([spoken[0], unlabelled])
    assert np.array_equal(kept.phones, spoken[0].phones)
    assert np.array_equal(found.phones[beeps[5].voice == 0], np.zeros((beeps[5].voice == 0).sum()))
    right = found.phones[beeps[5].voice > 0]
    assert set(right) <= {PHONES.index("a"), -1}
    assert (right > 0).mean() > 0.8
    assert spelled(beeps, listening) == {}


def test_the_mean_of_the_weights_moves_towards_the_latest():
    mean, model = Model(width=8), Model(width=8)
    before = [value.clone() for value in mean.state_dict().values()]
    follow(mean, model, 0.9)
    for old, now, new in zip(before, mean.state_dict().values(), model.state_dict().values(), strict=True):
        torch.testing.assert_close(now, torch.lerp(old, new, 0.1) if now.is_floating_point() else new)


def test_features_lack_a_band_and_a_moment_at_most():
    torch.manual_seed(0)
    features = torch.randn(8, 80, 240)
    hidden = masked(features) != features
    assert hidden.any((1, 2)).sum() > 4
    for row in hidden:
        bands, moments = row.all(1).sum(), row.all(0).sum()
        assert bands <= 14
        assert moments <= 9
        assert row.sum() == bands * 240 + moments * 80 - bands * moments


def test_a_trunk_brings_all_but_the_reading_of_the_face(tmp_path):
    trunk, model = Model(), Model()
    untouched = model.face.weight.clone()
    save_checkpoint(tmp_path / "trunk.pt", trunk, trunk, torch.optim.AdamW(trunk.parameters()), 1)
    load_trunk(tmp_path / "trunk.pt", model)
    assert torch.equal(model.entry.weight, trunk.entry.weight)
    assert torch.equal(model.phone.bias, trunk.phone.bias)
    assert torch.equal(model.face.weight, untouched)
    with pytest.raises(InputError, match="--quality best; name one for live"):
        load_trunk(tmp_path / "trunk.pt", LiveModel())


@pytest.mark.parametrize("quality", ["best", "live"])
def test_training_learns_goes_on_where_it_stopped_and_runs_the_same_as_onnx(beeps, lips, tmp_path, quality):
    checkpoint = tmp_path / "beeps.pt"
    settings = {"quality": quality, "device": "cpu", "size": 4, "seed": 0}
    torch.manual_seed(0)
    train(beeps, lips, checkpoint, resume=False, steps=40, **settings)
    train(beeps, lips, checkpoint, resume=True, steps=100, **settings)
    export([checkpoint], tmp_path / "beeps.onnx")
    network = Network.load(tmp_path / "beeps.onnx", device="cpu")
    sample = beeps[0]
    said = network.run(Speech(samples=sample.samples))
    assert sample.weights is not None
    assert correlation(said["jawOpen"], sample.weights[:, ARKIT.index("jawOpen")]) > 0.8

    samples = np.tile(sample.samples, 3)
    model = load_model(checkpoint)
    ends = model.context_frames if isinstance(model, Model) else 3  # they are padded in different ways
    with torch.no_grad():
        outputs = model(torch.tensor(samples[None]), torch.tensor([STYLES.index("grid")]))
    middle = slice(ends, -ends)
    direct = network.run(Speech(samples=samples)).values
    np.testing.assert_allclose(direct[middle], outputs.weights.clamp(0, 1)[0, middle], atol=2e-3)  # halves


@pytest.fixture(scope="module")
def listening(beeps) -> Listening:
    """A teacher that hears whether it beeps, among much else."""
    random = np.random.default_rng(2)
    heard = {}
    for sample in beeps:
        loud = np.repeat(sample.voice.reshape(-1, 6).mean(1), 5)  # 60 a second to 50
        rows = random.standard_normal((250, 192)) * 0.1
        heard[Listening.key(sample)] = (rows + np.outer(loud, random.standard_normal(192) * 0 + 1)).astype(np.float16)
    return Listening(heard)


def test_filmed_faces_come_halfway_to_what_the_teacher_can_hear(beeps, listening, ict_lips):
    for before, after in zip(beeps, guided(beeps, listening, ridges_of(beeps, listening, ict_lips)), strict=True):
        assert before.weights is not None
        assert after.weights is not None
        heard = 2 * after.weights - before.weights
        assert heard.min() > -1e-6
        assert heard.max() < 1 + 1e-6
        jaw = ARKIT.index("jawOpen")
        assert 0.8 < correlation(heard[:, jaw], before.weights[:, jaw]) < 1


def test_a_voice_without_a_face_gets_what_a_reading_of_a_filmed_one_says(beeps, listening, ict_lips):
    classes = np.where(beeps[0].voice > 0, PHONES.index("a"), 0)
    classes[np.flatnonzero(np.diff(beeps[0].voice) > 0)[0] + np.arange(1, 9)] = PHONES.index("m")
    unfilmed = replace(beeps[0], corpus="kokoro", weights=None, phones=classes)
    heard = Listening({**listening.heard, Listening.key(unfilmed): listening.of(beeps[0])})
    *filmed, sample = with_faces([*beeps, unfilmed], heard, ridges_of(beeps, heard, ict_lips)[beeps[0].corpus])
    assert all(after is before for after, before in zip(filmed, beeps, strict=True))
    assert sample.weights is not None
    jaw, close = (sample.weights[:, ARKIT.index(name)] for name in ("jawOpen", "mouthClose"))
    assert jaw[classes == PHONES.index("a")].mean() > 0.1
    closed = np.flatnonzero(classes == PHONES.index("m"))[2:6]
    assert np.all(close[closed] >= 0.9 * jaw[closed])


def test_a_regression_spreads_a_stranger_s_mouth_further_than_it_is_sure_of(beeps, listening, ict_lips):
    ridge = ridges_of(beeps, listening, ict_lips)[beeps[0].corpus]
    plain, more = (ridge(listening.frames(beeps[1]), width_gain=gain) for gain in (1.0, 1.7))
    narrow = plain[:, ARKIT.index("jawOpen")] < 0.05  # where nothing else decides how wide it is
    assert ict_lips.width(more)[narrow].std() > 1.2 * ict_lips.width(plain)[narrow].std()
    np.testing.assert_allclose(ict_lips.gap(more), ict_lips.gap(plain), atol=2e-3)


def test_the_mean_of_networks_is_exported_as_one(tmp_path):
    models = [Model(width=16), Model(width=24, dilations=(1, 16))]
    for name, model in zip("ab", models, strict=True):
        save_checkpoint(tmp_path / name, model, model, torch.optim.AdamW(model.parameters()), 1)
    export([tmp_path / "a", tmp_path / "b"], tmp_path / "mean.onnx", style="facegood")
    network = Network.load(tmp_path / "mean.onnx", device="cpu")
    samples = torch.randn(1, 12 * 16_000)
    with torch.no_grad():
        said = [model.eval()(samples, torch.tensor([1])).weights.clamp(0, 1)[0] for model in models]
    direct = network.run(Speech(samples=samples[0].numpy())).values
    middle = slice(200, -200)  # ends are padded in different ways
    np.testing.assert_allclose(direct[middle], ((said[0] + said[1]) / 2)[middle], atol=2e-3)


def test_the_mean_of_live_networks_is_one_with_the_memory_of_all(tmp_path):
    models = [LiveModel(width=16), LiveModel(width=24, dilations=(1, 16))]
    for name, model in zip("ab", models, strict=True):
        save_checkpoint(tmp_path / name, model, model, torch.optim.AdamW(model.parameters()), 1)
    export([tmp_path / "a", tmp_path / "b"], tmp_path / "mean.onnx")
    network = Network.load(tmp_path / "mean.onnx", device="cpu")
    samples = torch.randn(1, 2 * 16_000)
    with torch.no_grad():
        said = [model.eval()(samples, torch.tensor([0])).weights.clamp(0, 1)[0] for model in models]
    direct = network.run(Speech(samples=samples[0].numpy())).values
    np.testing.assert_allclose(direct[:-3], ((said[0] + said[1]) / 2)[:-3], atol=2e-3)


def test_networks_of_two_qualities_have_no_mean(tmp_path):
    for name, model in (("best", Model(width=16)), ("live", LiveModel(width=16))):
        save_checkpoint(tmp_path / name, model, model, torch.optim.AdamW(model.parameters()), 1)
    with pytest.raises(InputError, match="of one quality"):
        export([tmp_path / "best", tmp_path / "live"], tmp_path / "none.onnx")
    assert not (tmp_path / "none.onnx").exists()


def test_what_is_learned_live_lies_at_its_own_time():
    """The live model's k-th row is that of frame k, from no more than the stated sound after it."""
    torch.manual_seed(0)
    model = LiveModel(width=16).eval()
    samples = torch.randn(1, 32_000)
    changed = samples.clone()
    frame = 60
    changed[:, (frame + DELAY) * 800 // 3 :] = 0
    with torch.no_grad():
        outputs = [model.read(model.features(sound), torch.tensor([0])) for sound in (samples, changed)]
    assert outputs[0].weights.shape == (1, 120, 52)
    assert outputs[0].phones.shape == (1, 120, len(PHONES))
    torch.testing.assert_close(outputs[0].weights[:, : frame + 1], outputs[1].weights[:, : frame + 1])
    assert (outputs[0].weights[:, frame + 1] - outputs[1].weights[:, frame + 1]).abs().max() > 1e-4
    heard = frame + DELAY - PHONE_DELAY
    torch.testing.assert_close(outputs[0].phones[:, : heard + 1], outputs[1].phones[:, : heard + 1])
    assert (outputs[0].phones[:, heard + 1] - outputs[1].phones[:, heard + 1]).abs().max() > 1e-4


def test_what_lies_beyond_the_stated_context_changes_nothing():
    torch.manual_seed(0)
    model = Model(width=16).eval()
    samples = torch.randn(1, 16_000 * 10)
    changed = samples.clone()
    frame = 300
    first = (frame - model.context_frames) * 800 // 3
    last = (frame + model.context_frames + 1) * 800 // 3
    changed[:, :first] = 0
    changed[:, last:] = 0
    with torch.no_grad():
        outputs = [model(sound, torch.tensor([0])).weights[0, frame] for sound in (samples, changed)]
    torch.testing.assert_close(*outputs)


def test_a_folder_without_corpora_is_an_error_that_names_what_is_missing(tmp_path, capsys):
    (tmp_path / "grid").mkdir()
    assert main(["evaluate", "--data", str(tmp_path)]) == 2
    assert f"{tmp_path} lacks facegood, kokoro, ict_facekit" in capsys.readouterr().err


def test_a_checkpoint_that_is_not_there_is_an_error_with_its_cure(tmp_path, capsys):
    assert main(["export", "--checkpoint", str(tmp_path / "none.pt"), "-o", str(tmp_path / "none.onnx")]) == 2
    assert "audio2blend.train fit" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_map_of_the_rig_names_each_of_its_shapes_once_at_most(corpora):
    with np.load(sorted((corpora / "facegood" / "weights").glob("*.npz"))[0]) as stored:
        names = [str(name) for name in stored["names"]]
    assert set(facegood.SHAPES) <= set(ARKIT)
    assert {source for sources in facegood.SHAPES.values() for source in sources} <= set(names)


def test_weights_fitted_to_grid_shape_the_lips_as_the_landmarks_say(corpora):
    tracks = grid.load_tracks(corpora)
    lips = load_lips(corpora / "ict_facekit" / "lip_vertices.npz")
    weights = grid.fit_weights(tracks, lips).reshape(-1, 52)
    opening = lips.opening(weights)
    assert correlation(opening, tracks.opening.ravel()) > 0.999
    assert np.abs(opening - tracks.opening.ravel()).mean() < 0.004
    times = np.arange(tracks.opening.shape[1]) / grid.FPS
    speech = np.stack([(times >= start) & (times < end) for start, end in tracks.speech]).ravel()
    assert correlation(lips.width(weights)[speech], tracks.width.ravel()[speech]) > 0.99


def test_at_least_a_hundred_sentences_are_held_out(corpora):
    ids = grid.load_tracks(corpora).ids
    assert 100 <= sum(grid.held_out(name) for name in ids) <= 200
