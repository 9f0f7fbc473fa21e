"""The corpora: what is trained on and what is not, labels that fit the sound, faces that fit what was seen."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2blend.align.files import praat
from audio2blend.arpabet import ARPABET
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from audio2blend.intervals import Interval
from audio2blend.phones import PHONES
from audio2blend.qa import CLOSED, correlation
from audio2blend.train import corpora as all_corpora
from audio2blend.train.corpora import facegood, fitting, grid, kokoro, mfa, prompts, speech
from audio2blend.train.corpora.listening import voice_by_loudness

VOWELS = [PHONES.index(name) for name in "aɑæɔoɛe"]
LONG = '''\
File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.5
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "say ""words"""
        xmin = 0
        xmax = 1.5
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = "12 men,
two lines"
    item [2]:
        class = "TextTier"
        name = "marks"
        xmin = 0
        xmax = 1.5
        points: size = 1
        points [1]:
            number = 0.5
            mark = "here"
    item [3]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1.5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 7.5e-1
            text = "M"
        intervals [2]:
            xmin = 0.75
            xmax = 1.5
            text = ""
'''
SHORT = """\
File type = "ooTextFile"
Object class = "TextGrid"

0
1.5
<exists>
1
"IntervalTier"
"phones"
0
1.5
2
0
0.75
"M"
0.75
1.5
""
"""


def weights_of(**values: float) -> np.ndarray:
    return fitting.weights_of(values)[None]


class TestWhatIsKeptFromTraining:
    def test_no_utterance_is_in_two_parts_and_none_is_lost(self, corpora):
        rows = [json.loads(line) for line in (corpora / "kokoro" / "labels.jsonl").read_text("utf-8").splitlines()]
        parts = [kokoro.part_of(n, voice=row["voice"], language=row["lang"]) for n, row in enumerate(rows)]
        trained = [row for row, part in zip(rows, parts, strict=True) if part == "train"]
        assert {name: parts.count(name) for name in ("train", "held", "voices", "language")} == {
            "train": 2675, "held": 73, "voices": 205, "language": 290,
        }  # fmt: skip
        assert not {row["voice"] for row in trained} & (kokoro.NEW_VOICES | {"pm_alex", "pf_dora"})
        assert "pt-br" not in {row["lang"] for row in trained}

    def test_what_is_held_was_not_trained_on_when_every_fortieth_was_held(self, corpora):
        rows = (corpora / "kokoro" / "labels.jsonl").read_text("utf-8").splitlines()
        held = {sample.name for sample in kokoro.load(corpora, part="held")}
        assert held <= {json.loads(row)["id"] for row in rows[:: kokoro.HELD_OUT]}

    def test_a_name_that_is_no_corpus_is_not_left_out_in_silence(self, tmp_path):
        with pytest.raises(ValueError, match=r"gird: no such corpus; there are grid, facegood"):
            list(all_corpora.training(tmp_path, leave_out=frozenset({"gird"})))

    def test_corpora_that_are_not_there_are_skipped(self, tmp_path):
        assert list(all_corpora.training(tmp_path)) == []

    def test_corpora_may_be_left_out(self, corpora):
        left = all_corpora.training(corpora, leave_out=frozenset(all_corpora.NAMES) - {"speech"})
        assert {sample.corpus for sample in left} == {"speech"}


def made_by_hand(folder: Path, name: str, suffix: str, phones: list[tuple[str, float, float]]) -> None:
    """A tone that sounds from 0.5 to 1.0 s of 1.5 s, with phones of our choice."""
    folder.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(24_000) / 16_000
    tone = np.where((time_s >= 0.5) & (time_s < 1.0), 0.3 * np.sin(2 * np.pi * 200 * time_s), 0)
    soundfile.write(folder / f"{name}{suffix}", tone, 16_000)
    label = {"id": name, "lang": "en-us", "voice": "af_sky", "speed": 1.0, "seconds": 1.5, "text": "", "phones": phones}
    with (folder / "labels.jsonl").open("a", encoding="utf-8") as table:
        table.write(json.dumps(label) + "\n")


def test_speech_that_was_made_beside_kokoro_is_read_with_it(tmp_path):
    phones = [("ˈ", 0.5, 0.6), ("a", 0.6, 0.9), (".", 0.9, 1.5)]
    made_by_hand(tmp_path / "kokoro", "one", ".ogg", phones)
    made_by_hand(tmp_path / "kokoro-more", "two", ".flac", phones)
    made_by_hand(tmp_path / "kokoro-more", "three", ".flac", phones)
    assert [sample.name for sample in kokoro.load(tmp_path, part="held")] == ["one", "two"]
    (sample,) = kokoro.load(tmp_path, part="train")
    assert (sample.name, sample.language, sample.speaker) == ("three", "en-us", "af_sky")
    times = np.arange(90) / 60
    assert np.all(sample.phones[(times >= 0.5) & (times < 0.9)] == PHONES.index("a"))
    assert np.all(sample.phones[(times >= 0.92) & (times < 0.98)] == -1), "sound in what is called a full stop"
    assert np.all(sample.phones[times > 1.05] == 0)
    assert np.all(sample.voice == (sample.phones != 0))


def test_kokoros_vowels_are_loud_and_its_silences_are_not(corpora):
    loud, silent = [], []
    for sample in islice(kokoro.load(corpora, part="voices"), 12):
        assert len(sample.phones) == len(sample.voice) == -(-len(sample.samples) * 60 // 16_000)
        power = np.add.reduceat(sample.samples**2, np.arange(len(sample.phones)) * 800 // 3)
        loud.append(np.median(power[np.isin(sample.phones, VOWELS)]))
        silent.append(np.median(power[sample.phones == 0]))
    assert np.median(np.array(silent) / np.array(loud)) < 1e-4


class TestRealVoices:
    def test_prompts_that_are_no_speech_are_left_out(self, tmp_path):
        time_s = np.arange(16_000) / 16_000
        (tmp_path / "prompts" / "fr").mkdir(parents=True)
        for name in ("hello", "beep", "tt-monkeys", "is"):
            soundfile.write(tmp_path / "prompts" / "fr" / f"{name}.ogg", 0.1 * np.sin(900 * time_s), 16_000)
        rows = "file\tseconds\ttext\nbeep.ogg\t1.0\t\nhello.ogg\t1.0\t\nis.ogg\t0.0\t\ntt-monkeys.ogg\t1.0\t\n"
        (tmp_path / "prompts" / "fr.tsv").write_text(rows, encoding="utf-8")
        (found,) = prompts.load(tmp_path)
        assert (found.name, found.corpus, found.language, found.weights) == ("hello", "prompts", "fr", None)

    def test_of_a_prompt_silence_alone_is_known(self, corpora):
        for sample in islice(prompts.load(corpora), 6):
            assert (sample.voice > 0).any()
            np.testing.assert_array_equal(sample.phones, np.where(sample.voice == 0, 0, -1))

    def test_speech_of_another_rate_is_resampled(self, corpora):
        found = {sample.name: sample for sample in speech.load(corpora)}
        assert len(found) == 42
        assert len(found["LJ001-0001"].samples) == pytest.approx(9.655 * 16_000, abs=16)
        assert found["Claire_joy_mandarin"].language == "cmn"
        assert {sample.speaker for sample in found.values()} == {"Claire", "Mark", "ljspeech"}

    def test_voice_by_loudness_knows_loud_from_quiet_and_leaves_the_rest_open(self):
        random = np.random.default_rng(0)
        level = np.repeat([1e-5, 0.2, 0.01, 0.2, 1e-5], 8_000)
        voice = voice_by_loudness((random.standard_normal(40_000) * level).astype(np.float32))
        assert voice.shape == (150,)
        assert np.all(voice[:20] == 0)
        assert np.all(voice[24:29] == -1), "lips may move before they sound"
        assert np.all(voice[32:58] == 1)
        assert np.all(voice[62:88] == -1), "26 dB below speech may be a consonant, or noise"
        assert np.all(voice[130:] == 0)

    def test_phones_of_an_aligner_lie_where_the_sound_is(self, corpora):
        well, cold = mfa.load(corpora)
        for sample in (well, cold):
            above_hum = np.diff(sample.samples, append=0) ** 2
            power = np.add.reduceat(above_hum, np.arange(len(sample.phones)) * 800 // 3)
            vowels, hiss = power[np.isin(sample.phones, VOWELS)], power[sample.phones == 0]
            assert np.median(vowels) > 2 * np.median(hiss)
        edges = np.flatnonzero(np.diff(well.phones)) + 1
        assert "".join(PHONES[k] for k in well.phones[edges[:13]]) == "ðɪsɪziəkustɪk", "one ð is too short for a frame"


class TestTextGrids:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_the_long_form(self, tmp_path, encoding):
        path = tmp_path / "long.TextGrid"
        path.write_text(LONG, encoding=encoding)
        assert praat.read(path) == {
            'say "words"': (Interval("12 men,\ntwo lines", 0.0, 1.5),),
            "phones": (Interval("M", 0.0, 0.75), Interval("", 0.75, 1.5)),
        }

    def test_the_short_form_says_the_same(self, tmp_path):
        path = tmp_path / "short.TextGrid"
        path.write_text(SHORT, encoding="utf-8")
        assert praat.read(path) == {"phones": (Interval("M", 0.0, 0.75), Interval("", 0.75, 1.5))}

    @pytest.mark.parametrize("text", ["", SHORT[:-12], SHORT.replace("TextGrid", "Pitch"), LONG.replace('"M"', "M")])
    def test_what_is_no_whole_textgrid_is_an_error_that_names_it(self, tmp_path, text):
        path = tmp_path / "broken.TextGrid"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"broken\.TextGrid is not a whole TextGrid"):
            praat.read(path)

    def test_every_symbol_of_arpabet_has_classes_of_ours(self):
        for symbol, ipa in ARPABET.items():
            found = mfa.phones([Interval(symbol, 0.0, 0.3)])
            assert len(found) == len(ipa), symbol
            assert found[0][1] == 0.0
            assert found[-1][2] == pytest.approx(0.3)

    def test_labels_in_ipa_with_marks_keep_their_time(self):
        labels = [("tʃ", 0.0, 0.2), ("aj", 0.2, 0.4), ("spn", 0.4, 0.5), ("pʰ", 0.5, 0.6)]
        found = mfa.phones(Interval(*label) for label in labels)
        assert [name for name, _, _ in found] == ["t", "ʃ", "a", "j", "p"]
        assert found[-1][1:] == pytest.approx((0.5, 0.6))


class TestFittedFaces:
    def test_lips_come_as_far_as_asked(self, ict_lips):
        weights = np.concatenate([weights_of(jawOpen=0.3), weights_of(jawOpen=0.3, mouthPucker=0.5)])
        wanted = np.array([0.05, -0.01], np.float32)
        closer = fitting.narrowed(weights, wanted, ict_lips, fitting.CLOSING)
        np.testing.assert_allclose(ict_lips.gap(closer), wanted, atol=1e-3)
        assert np.all(np.delete(closer - weights, ARKIT.index("mouthClose"), axis=1) == 0)
        np.testing.assert_array_equal(fitting.widened(weights, wanted, ict_lips, fitting.OPENING), weights)
        wider = fitting.widened(weights, ict_lips.gap(weights).astype(np.float32) + 0.06, ict_lips, fitting.OPENING)
        np.testing.assert_allclose(ict_lips.gap(wider), ict_lips.gap(weights) + 0.06, atol=1e-3)

    def test_grids_narrow_mouths_are_funnels_where_open_and_puckers_where_not(self, corpora, ict_lips):
        tracks = grid.load_tracks(corpora)
        weights = grid.fit_weights(tracks, ict_lips)
        funnel, pucker = (weights[..., ARKIT.index(name)].ravel() for name in ("mouthFunnel", "mouthPucker"))
        opening, width = tracks.opening.ravel(), tracks.width.ravel()
        narrow = width < np.percentile(width, 15)
        assert np.median(funnel[narrow & (opening > 0.1)]) > 0.1
        assert np.median(funnel[narrow & (opening < 0.03)]) < 0.02
        assert np.median(pucker[narrow & (opening < 0.03)]) > 0.2
        assert np.median(funnel[width > np.median(width)]) < 0.02
        assert correlation(ict_lips.width(weights.reshape(-1, 52)), width) > 0.99

    def test_facegoods_pressed_lips_touch_and_its_rounded_ones_stay_narrow(self, corpora, ict_lips):
        for path in sorted((corpora / "facegood" / "weights").glob("*.npz")):
            with np.load(path) as stored:
                names, rig = [str(name) for name in stored["names"]], stored["weights"]
            opening = ict_lips.opening(facegood.to_arkit(rig, names, ict_lips))
            pressed = rig[:, names.index("mouth_press_l")] > 0.2
            rolled = np.minimum(rig[:, names.index("mouth_suck_dl")], rig[:, names.index("mouth_suck_ul")]) > 0.2
            assert (pressed | rolled).any() or path.stem == "1114_2_04"
            assert np.all(opening[pressed | rolled] < CLOSED)
            assert np.percentile(opening, 99) < 0.27

    def test_facegoods_oh_is_narrow_rather_than_open(self, ict_lips):
        names = sorted({source for sources in facegood.SHAPES.values() for source in sources})
        rig = np.zeros((2, len(names)), np.float32)
        rig[:, names.index("mouth_stretch_c")] = 0.1
        rig[1, names.index("mouth_oh_c")] = 0.4
        without, with_oh = np.split(facegood.to_arkit(rig, names, ict_lips), 2)
        assert ict_lips.opening(with_oh)[0] - ict_lips.opening(without)[0] < 0.03
        assert ict_lips.width(without)[0] - ict_lips.width(with_oh)[0] > 0.03


def test_every_sample_says_who_speaks_what(corpora):
    first = [next(iter(all_corpora.training(corpora, leave_out=frozenset(all_corpora.NAMES) - {name})))
             for name in all_corpora.NAMES]  # fmt: skip
    assert [sample.corpus for sample in first] == list(all_corpora.NAMES)
    assert all(sample.language and sample.speaker for sample in first)
