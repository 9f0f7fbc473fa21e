"""Disguises: what training makes of recordings, and what it has to leave as it was."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.train.augment import backgrounds, disguise
from audio2blend.train.augment import channels as lines
from audio2blend.train.augment import rooms as places
from audio2blend.train.augment.breaths import breathe
from audio2blend.train.augment.rng import Dice
from audio2blend.train.augment.stft import sound, spectra
from audio2blend.train.augment.tempo import stretched
from audio2blend.train.augment.voice import with_other_tract
from audio2blend.train.batches import FRAMES, Batch, Batches
from audio2blend.train.corpora import Sample

N = 32_000
TIME_S = torch.arange(N) / 16_000


def dice(seed: int = 0) -> Dice:
    return Dice(torch.Generator().manual_seed(seed))


def vowel(pitch_hz: float, formants_hz: tuple[float, ...] = (700, 1200, 2600)) -> torch.Tensor:
    """Return a steady vowel of so many harmonics below 7 kHz, its syllables 0.25 s long."""
    harmonics = torch.arange(1, int(7000 / pitch_hz)) * pitch_hz
    size = sum(1 / (1 + ((harmonics - formant) / 100) ** 2) for formant in formants_hz)
    wave = (size[:, None] * torch.sin(2 * torch.pi * harmonics[:, None] * TIME_S)).sum(0)
    return 0.05 * wave * (torch.sin(4 * torch.pi * TIME_S) > 0)


@pytest.fixture(scope="module")
def voices() -> torch.Tensor:
    return torch.stack([vowel(90 + 7 * k, (400 + 30 * k, 1000 + 100 * k, 2600)) for k in range(24)])


def similarity(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the cosine [batch] between rows."""
    return torch.nn.functional.cosine_similarity(a, b, dim=1)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(800, 20_000), st.floats(0, 1.5), st.integers(0, 2**31))
def test_any_batch_keeps_its_shape_and_stays_finite(batch, n, loudness, seed):
    samples = torch.randn(batch, n) * loudness
    before = samples.clone()
    out = disguise(samples, torch.Generator().manual_seed(seed))
    assert out.shape == samples.shape
    assert torch.isfinite(out).all()
    assert torch.equal(samples, before)


def test_the_same_seed_gives_the_same_sound(voices):
    first, again, other = (disguise(voices, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_quarter_of_the_rows_keeps_its_sound_and_many_others_do_not(voices):
    like = torch.cat([similarity(disguise(voices, torch.Generator().manual_seed(k)), voices) for k in range(15)])
    clean = (like > 0.9998).float().mean()  # noise of 35 dB leaves 0.99984
    assert 0.2 < clean < 0.3
    assert 0.3 < (like < 0.9).float().mean() < 0.7


def test_the_ratio_of_voice_to_surroundings_is_the_one_thrown(voices, monkeypatch):
    """Told by switching every other change off: what is left is the voice and its surroundings, added up."""
    from audio2blend.train import augment

    monkeypatch.setattr(places, "colour", lambda batch, bins, _, **__: torch.ones(batch, bins))
    monkeypatch.setattr(Dice, "some", lambda *_: torch.zeros(0, dtype=torch.long))
    changed = torch.ones(len(voices), dtype=torch.bool)
    ratios = []
    for seed in range(20):
        surroundings, thrown_db = augment._surroundings(voices, changed, dice(seed))
        added = augment._recorded(voices, surroundings, thrown_db, changed, dice(seed)) - voices
        measured_db = 10 * torch.log10(voices.square().mean(1) / added.square().mean(1))
        torch.testing.assert_close(measured_db, thrown_db[:, 0], atol=0.3, rtol=0)
        ratios.append(thrown_db)
    ratio_db = torch.cat(ratios)
    loud = ratio_db < 30
    assert 0.58 < loud.float().mean() < 0.76
    assert 0 <= ratio_db.min() < 1
    assert 24 < ratio_db[loud].max() <= 25
    assert 35 <= ratio_db[~loud].min() < 37


def test_a_row_without_sound_becomes_a_faintly_sounding_room():
    out = disguise(torch.zeros(24, N), torch.Generator().manual_seed(0))
    loudness = out.square().mean(1).sqrt()
    assert (loudness > 1e-7).all()
    assert loudness.max() < 1


def test_what_others_say_is_never_ones_own(voices):
    for count in (1, 3, 24):
        heard = backgrounds.others(voices, torch.full((24,), count), dice())
        for k in range(24):
            others = torch.cat([voices[:k], voices[k + 1 :]])
            shares = torch.linalg.lstsq(others.T, heard[k][:, None]).solution[:, 0]
            torch.testing.assert_close(shares @ others, heard[k], atol=1e-3, rtol=0)
            assert (shares.abs() > 1e-2).sum() == min(count, 23)


def test_one_row_alone_hears_nobody():
    assert torch.all(backgrounds.others(torch.randn(1, N), torch.tensor([3]), dice()) == 0)


def test_noise_comes_and_goes_in_half_of_the_rows():
    noise = backgrounds.white(200, N, dice())
    level = noise.reshape(200, 20, -1).square().mean(2).sqrt()
    swing = level.std(1) / level.mean(1)
    assert 0.35 < (swing > 0.08).float().mean() < 0.6


def test_music_machines_and_dishes_are_never_silent_and_all_different():
    heard = backgrounds.things(40, N, dice())
    assert heard.square().mean(1).min() > 1e-6
    assert heard.std(1).max() < 3
    assert similarity(heard[:20], heard[20:]).abs().median() < 0.2


def test_spectra_unchanged_give_the_sound_back():
    samples = torch.randn(2, 5_555)
    torch.testing.assert_close(sound(spectra(samples), 5_555), samples, atol=1e-5, rtol=0)


def test_another_tract_moves_formants_and_leaves_pitch_and_time():
    pitch_hz = 125
    one = vowel(pitch_hz, (1000,)).repeat(30, 1)
    other = with_other_tract(one, dice())
    spectrum = torch.fft.rfft(other).abs()  # bins of 0.5 Hz
    hertz = torch.fft.rfftfreq(N, 1 / 16_000)
    near = (hertz > 500) & (hertz < 1800)
    centre = (spectrum**2 * hertz * near).sum(1) / (spectrum**2 * near).sum(1)
    assert 780 < centre.min() < 940
    assert 1060 < centre.max() < 1280
    harmonic = ((hertz / pitch_hz - (hertz / pitch_hz).round()).abs() * pitch_hz < 9) & (hertz > 100)
    at_pitch = (spectrum**2 * harmonic).sum(1) / (spectrum**2).sum(1)
    before = torch.fft.rfft(one[0]).abs() ** 2
    assert at_pitch.min() > (before * harmonic).sum() / before.sum() - 0.02
    silent = one[0].abs() == 0
    assert other[:, silent].square().mean() < 0.02 * other[:, ~silent].square().mean()


def test_a_telephone_lets_nothing_through_outside_its_band():
    gain = places.band(200, 8001, dice())
    assert torch.all(gain[:, :50] < 0.02)
    assert torch.all(gain[:, 7001:] < 0.02)
    assert torch.all(gain[:, 401:2800] == 1)
    assert 0.25 < (gain[:, 3450] < 0.02).float().mean() < 0.7


def test_a_room_begins_with_the_direct_sound_and_dies_away():
    rooms = places.room(50, dice())
    assert torch.all(rooms[:, 0] == 1)
    tail = rooms[:, 1:].square()
    assert torch.all(tail.sum(1).sqrt() < 0.71)
    assert torch.all(tail[:, :1000].sum(1) > 3 * tail[:, -1000:].sum(1))


def test_automatic_gain_brings_loud_and_quiet_together_or_apart():
    steps = torch.cat([torch.full((16_000,), 0.1), torch.full((16_000,), 0.5)]).repeat(60, 1) * torch.sin(TIME_S * 3000)
    out = lines.levelled(steps, dice())
    ratio = out[:, -4000:].std(1) / out[:, 12_000:16_000].std(1)
    assert ratio.min() < 2.2
    assert ratio.max() > 8


def test_overdrive_bends_loud_moments_only_and_never_makes_them_louder(voices):
    out = lines.overdriven(voices, dice())
    assert torch.all(out.abs() <= voices.abs() + 1e-6)
    assert torch.all(out * voices >= 0)
    assert (out.abs().amax(1) < 0.9 * voices.abs().amax(1)).float().mean() > 0.5


def test_coarse_numbers_are_few_and_near(voices):
    out = lines.coarse(voices, dice())
    levels = [len(np.unique(row.abs().numpy().round(6))) for row in out]
    assert max(levels) <= 130
    assert min(levels) <= 17
    assert similarity(out, voices).min() > 0.95


def test_a_codec_keeps_the_course_of_loudness(voices):
    out = lines.coded(voices, dice())
    before, after = (x.reshape(24, 40, -1).square().mean(2).sqrt() for x in (voices, out))
    assert similarity(before, after).min() > 0.97
    assert similarity(voices, out).min() < 0.95


def test_lost_packets_are_empty_or_repeat_the_one_before():
    samples = torch.randn(60, N)
    out = lines.with_losses(samples, dice())
    packets, sent = out.reshape(60, -1, 320), samples.reshape(60, -1, 320)
    lost = (packets != sent).any(2)
    assert 0.02 < lost.float().mean() < 0.15
    for row, number in lost.nonzero().tolist():
        empty = bool(torch.all(packets[row, number] == 0))
        repeated = bool(torch.equal(packets[row, number], packets[row, number - 1]))
        assert empty or repeated
    assert not lost[:, 0].any()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40_000), st.floats(0.6, 1.6))
def test_any_sound_can_be_stretched(n, pace):
    out = stretched(np.ones(round(n * pace), np.float32), n)
    assert out.shape == (n,)
    np.testing.assert_allclose(out[800 : n - 800], 1, atol=1e-5)


@pytest.mark.parametrize("pace", [0.65, 0.9, 1.5])
@pytest.mark.parametrize("pitch_hz", [80, 200, 400])
def test_stretched_speech_has_the_same_pitch_and_its_own_time(pitch_hz, pace):
    n = 48_000
    time_s = np.arange(round(n * pace)) / 16_000
    tone = np.sign(np.sin(2 * np.pi * pitch_hz * time_s)) * (np.sin(2 * np.pi * time_s / time_s[-1] * 3) > 0)
    out = stretched(tone.astype(np.float32), n)
    spectrum = np.abs(np.fft.rfft(out)) ** 2
    hertz = np.fft.rfftfreq(n, 1 / 16_000)
    assert hertz[spectrum.argmax()] == pytest.approx(pitch_hz, abs=0.8)
    on = np.sin(6 * np.pi * np.arange(n) / n) > 0
    near_edge = np.convolve(np.abs(np.diff(on, prepend=on[0])), np.ones(2 * 400), "same") > 0
    assert np.all(np.abs(out[~on & ~near_edge]) < 1e-3)
    assert np.sqrt(np.mean(out[on & ~near_edge] ** 2)) > 0.9


def test_breaths_lie_in_pauses_alone_and_are_softer_than_the_voice():
    samples = torch.sin(TIME_S * 2000).repeat(200, 1)
    quiet = torch.zeros(200, N * 60 // 16_000, dtype=torch.bool)
    quiet[:, 30:70] = True
    quiet[100:, 90:95] = True  # too short
    out = samples.clone()
    breathe(out, quiet, torch.Generator().manual_seed(0))
    breaths = out - samples
    loud = breaths.abs() > 1e-5
    assert 0.2 < loud.any(1).float().mean() < 0.4
    at = loud.any(0).nonzero()
    assert at.min() >= 30 * 16_000 // 60
    assert at.max() < 70 * 16_000 // 60
    peak_db = 20 * torch.log10(breaths[loud.any(1)].abs().amax(1))
    assert -32 < peak_db.min() < peak_db.max() < 6
    lengths = loud.sum(1)[loud.any(1)] / 16_000
    assert 0.15 < lengths.min() < 0.3
    assert 0.45 < lengths.max() <= 0.6


@pytest.fixture(scope="module")
def talk() -> list[Sample]:
    """Recordings in which somebody talks all the time, with an open mouth."""
    random = np.random.default_rng(0)
    return [
        Sample(
            name=str(number),
            corpus=corpus,
            samples=random.uniform(-0.3, 0.3, 16_000 * 12).astype(np.float32),
            weights=np.full((720, 52), 0.5, np.float32),
            phones=np.full(720, 7),
            voice=np.ones(720, np.float32),
        )
        for number, corpus in enumerate(["grid", "facegood", "kokoro"])
    ]


def some_batches(talk: list[Sample], **changed: object) -> list[Batch]:
    batches = Batches(talk, size=24, seed=4)
    for name, value in changed.items():
        setattr(batches, name, value)
    return [batches.next() for _ in range(8)]


def test_where_a_voice_stops_so_do_its_labels_while_the_room_goes_on(talk):
    stops = quiet = talking = 0.0
    for batch in some_batches(talk, _cut=lambda _: None):
        for row in range(24):
            at = np.flatnonzero(np.diff((batch.voice[row] == 0).numpy(), prepend=False, append=False))
            for first, end in at.reshape(-1, 2).tolist():
                if first == 0 or end == FRAMES or batch.voice[row].sum() == 0:
                    continue  # before the recording, after it, or nobody at all
                stops += 1
                assert 18 <= end - first <= 181  # of two that meet
                assert torch.all(batch.phones[row, first:end] == 0)
                assert torch.all(batch.heard[row, first:end] == 0)
                inner = slice(first + 6, end - 6)
                assert batch.weights[row, inner].max() < 0.5
                assert batch.weights[row, inner].min() == 0
                assert torch.all(batch.face[row, inner] == 1)
                assert (batch.weights[row].diff(dim=0).abs().amax(1)[first - 1 : end] < 0.17 * 0.5 + 0.01).all()
                sound = batch.samples[row].square()
                inner = slice((first + 3) * 800 // 3, (end - 3) * 800 // 3)
                quiet += float(sound[inner].mean() < 0.2 * sound.mean())
                talking += float(sound[inner].mean() > 0)
    assert 12 < stops < 60
    assert quiet > 0.5 * stops
    assert 0.4 * stops < talking < stops


def test_where_somebody_talks_the_labels_are_those_of_the_recording(talk):
    for batch in some_batches(talk, _cut=lambda _: None, _pause=lambda *_: None):
        voice = batch.voice > 0
        assert torch.all(batch.weights[voice] == 0.5)
        assert torch.all(batch.phones[voice] == 7)
        assert torch.all(batch.face[voice] == 1)
