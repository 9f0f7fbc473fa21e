"""The articulation model: lips that meet, tuck, round and rest when they should, whatever is said around."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio2blend import ipa
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.phones import PHONES, classes, timed
from audio2blend.qa import CLOSED
from audio2blend.text import espeak
from audio2blend.train.takes import report, takes
from audio2blend.visemes import Visemes, articulate, articulate_frames
from audio2blend.visemes.articulate import score_of
from audio2blend.visemes.table import combined, known, read_table
from tests.support.espeak_inventory import phones as espeak_phones

BILABIALS = ("p", "b", "m")
VOWELS = ("i", "y", "ɪ", "e", "ɛ", "æ", "ə", "a", "ɑ", "ɔ", "o", "u", "ʊ")
TONGUE_ONLY = ("t", "d", "n", "k", "ɡ", "l", "h")


def line(*phones, each_s=0.1, start_s=0.5):
    """Phones of equal length in turn."""
    return [(name, start_s + k * each_s, start_s + (k + 1) * each_s) for k, name in enumerate(phones)]


def say(*phones, each_s=0.1, **options):
    """The clip of such phones with half a second before and after."""
    return articulate(line(*phones, each_s=each_s), duration_s=1 + len(phones) * each_s, **options)


def middle(clip, phone, each_s=0.1):
    """The frame in the middle of the so many-th phone of `say`."""
    return round((0.5 + (phone + 0.5) * each_s) * 60)


speech = st.lists(
    st.tuples(st.sampled_from(PHONES[1:]), st.floats(0.03, 0.25), st.sampled_from((0.0, 0.0, 0.0, 0.3))),
    min_size=1,
    max_size=12,
)
dial = st.floats(0, 2)


def spaced(spoken):
    """Timed phones of names, lengths and the pauses before them."""
    phones, now = [], 0.3
    for name, length_s, pause_s in spoken:
        phones.append((name, now + pause_s, now + pause_s + length_s))
        now += pause_s + length_s
    return phones, now + 0.5


class TestWhatMustAndMustNot:
    @settings(max_examples=60, deadline=None)
    @given(speech, dial, dial, st.floats(-20, 12))
    def test_lips_meet_on_p_b_m_in_all_surroundings_at_all_dials(self, our_lips, spoken, jaw, lips, level_db):
        phones, duration_s = spaced(spoken)
        level = np.full(int(np.ceil(duration_s * 60 - 1e-6)), level_db)
        clip = articulate(phones, duration_s=duration_s, loudness_db=level, jaw=jaw, lips=lips)
        assert 0 <= clip.values.min() <= clip.values.max() <= 1
        for name, start, end in phones:
            if name in BILABIALS:
                frames = (clip.times_s >= start) & (clip.times_s < end)
                assert our_lips.opening(clip.values[frames]).min() < CLOSED
                if end - start > 0.06:  # a shorter one may be shut fully between two frames
                    assert our_lips.gap(clip.values[frames]).min() < -0.01

    @settings(max_examples=40, deadline=None)
    @given(speech)
    @example([("æ", 0.25, 0.0)] * 3)  # one long phone, which is felt at its own ends and beyond
    def test_nothing_jumps_and_the_mouth_rests_in_silence(self, spoken):
        phones, duration_s = spaced(spoken)
        clip = articulate(phones, duration_s=duration_s)
        assert np.abs(np.diff(clip.values, axis=0)).max() < 0.25
        far = np.ones(len(clip), bool)
        for _, start, end in phones:
            far &= (clip.times_s < start - 0.12) | (clip.times_s > end + 0.16)
        assert not clip.values[far].any()

    def test_the_mouth_begins_before_the_first_sound_and_goes_on_after_the_last(self):
        moving = np.flatnonzero(say("a", "t", "a").values.any(axis=1)) / 60
        assert 0.06 < 0.5 - moving[0] < 0.12
        assert 0.08 < moving[-1] - 0.8 < 0.16

    @pytest.mark.parametrize("consonant", ["f", "v"])
    @pytest.mark.parametrize("vowel", ["a", "i", "u"])
    def test_the_lower_lip_goes_to_the_teeth_on_f_and_v(self, our_lips, consonant, vowel):
        clip = say(vowel, consonant, vowel)
        at = middle(clip, 1)
        assert clip["mouthRollLower"][at] > 0.2
        assert 0 < our_lips.opening(clip.values[[at]])[0] < 0.06
        assert clip["mouthRollLower"][at] > 3 * clip["mouthRollLower"][middle(clip, 0)]

    @pytest.mark.parametrize("sibilant", ["s", "z", "ʃ", "ts"])
    def test_sibilants_narrow_the_jaw_and_show_the_teeth(self, our_lips, sibilant):
        clip = say("a", sibilant, "a")
        jaw = clip["jawOpen"]
        assert jaw[middle(clip, 1)] < 0.7 * jaw[middle(clip, 0)]
        assert our_lips.opening(clip.values[[middle(clip, 1)]])[0] > 0.03

    @pytest.mark.parametrize("consonant", TONGUE_ONLY)
    def test_the_tongue_alone_does_not_shape_the_lips(self, consonant):
        rounded, spread = say("u", consonant, "u"), say("i", consonant, "i")
        pucker = rounded["mouthPucker"]
        assert pucker[middle(rounded, 1)] > 0.75 * pucker[middle(rounded, 0)]
        assert spread["mouthPucker"].max() == 0

    def test_rounding_starts_early_and_spreads_over_consonants(self):
        rounded, plain = say("i", "s", "t", "u"), say("i", "s", "t", "i")
        pucker = rounded["mouthPucker"]
        onset_s = np.argmax(pucker > 0.15 * pucker.max()) / 60
        assert 0.06 < 0.8 - onset_s < 0.25
        assert plain["mouthPucker"].max() == 0

    def test_a_phone_said_twice_is_one(self):
        around = ("s", 0.1, 0.2), ("s", 0.4, 0.5)
        twice = articulate([around[0], ("a", 0.2, 0.3), ("a", 0.3, 0.4), around[1]], duration_s=0.6)
        once = articulate([around[0], ("a", 0.2, 0.4), around[1]], duration_s=0.6)
        np.testing.assert_array_equal(twice.values, once.values)

    def test_in_haste_the_mouth_opens_less(self):
        slow, fast = (say(*"iaiai", each_s=each_s)["jawOpen"].max() for each_s in (0.2, 0.06))
        assert fast < 0.85 * slow


class TestShapes:
    def test_vowels_open_as_phonetics_says(self, our_lips):
        opening = {name: our_lips.opening(say(name, each_s=0.4).values).max() for name in VOWELS}
        assert opening["a"] > opening["ɛ"] > opening["ɪ"] >= opening["i"] > opening["u"] > 0.005

    def test_round_phones_are_narrow_and_front_ones_wide(self, our_lips):
        width = {name: np.median(our_lips.width(say(name, each_s=0.4).values[42:46])) for name in PHONES}
        at_rest = width["sil"]
        assert all(width[name] < at_rest for name in ("u", "w", "y", "o", "ʊ", "ʃ", "ɹ"))
        assert all(width[name] > at_rest for name in ("i", "e", "s"))

    def test_the_tongue_comes_out_for_th_alone(self):
        shown = {name: say(name)["tongueOut"].max() for name in PHONES[1:]}
        assert {name for name, weight in shown.items() if weight} == {"θ", "ð"}
        assert max(shown.values()) < 0.25

    def test_left_and_right_are_alike_and_only_the_mouth_moves(self):
        clip = say(*PHONES[1:])
        for name in ARKIT:
            if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
                np.testing.assert_array_equal(clip[name], clip[name.removesuffix("Left") + "Right"])
            if not name.startswith(("jaw", "mouth", "tongue")):
                assert not clip[name].any()


class TestDials:
    def test_loud_speech_opens_the_mouth(self):
        level = np.zeros(78)
        plain, same = say("t", "a", "t"), say("t", "a", "t", loudness_db=level)
        np.testing.assert_array_equal(plain.values, same.values)
        loud, soft = (say("t", "a", "t", loudness_db=level + db) for db in (9, -9))
        assert loud["jawOpen"].max() > 1.05 * plain["jawOpen"].max() > 1.1 * soft["jawOpen"].max()

    def test_stressed_vowels_open_the_mouth_further_where_stress_is_marked(self):
        def opened(*phones):
            jaw = say(*phones, each_s=0.15)["jawOpen"]
            return [jaw[middle(say(*phones, each_s=0.15), number, each_s=0.15)] for number in (1, 3)]

        plain, first, second = (
            opened("b", *vowels) for vowels in (("a", "t", "a"), ("ˈa", "t", "a"), ("a", "t", "ˈa"))
        )
        assert first[0] > 1.05 * plain[0] > plain[0] > second[0]
        assert second[1] > 1.05 * plain[1] > plain[1] > first[1]

    def test_jaw_and_lips_can_be_moved_apart(self, our_lips):
        still, plain = say("a", "u", jaw=0), say("a", "u")
        assert not still["jawOpen"].any()
        np.testing.assert_array_equal(still["mouthPucker"], plain["mouthPucker"])
        stiff = say("a", "u", lips=0)
        assert not stiff["mouthPucker"].any()
        np.testing.assert_array_equal(stiff["jawOpen"], plain["jawOpen"])


class TestInput:
    def test_phones_from_frame_to_frame_give_the_same_as_timed_ones(self):
        phones = [*line("m", "a", each_s=0.2), *line("p", "i", "s", each_s=0.2, start_s=1.4)]
        numbers = classes(phones, np.arange(180) / 60)
        timed_clip = articulate(phones, duration_s=3.0)
        np.testing.assert_allclose(articulate_frames(numbers).values, timed_clip.values, atol=2e-3)

    @given(st.lists(st.sampled_from(range(len(PHONES))), min_size=1, max_size=50))
    def test_frames_become_timed_phones_and_frames_again(self, numbers):
        phones = timed(np.array(numbers), 60)
        np.testing.assert_array_equal(classes(phones, np.arange(len(numbers)) / 60 + 1e-6), numbers)

    def test_silence_and_nothing(self):
        assert not articulate([], duration_s=0.5).values.any()
        assert not articulate([("sil", 0.0, 0.5)], duration_s=0.5, loudness_db=np.zeros(30)).values.any()
        assert len(articulate([], duration_s=0)) == 0
        assert len(articulate_frames(np.zeros(0, int))) == 0
        assert len(articulate_frames(np.full(7, -1))) == 7

    def test_the_same_phones_give_the_same_bytes(self):
        assert say(*PHONES[1:]).values.tobytes() == say(*PHONES[1:]).values.tobytes()

    def test_wrong_phones_are_named(self):
        with pytest.raises(InputError, match=r"no phone '§' at 0\.5 s; write it in the IPA, or as one of sil p"):
            say("§")
        with pytest.raises(InputError, match=r"'a' at 0\.3 s ends at 0\.2 s"):
            articulate([("a", 0.3, 0.2)], duration_s=1)
        with pytest.raises(ValueError, match="does not fit 72 frames"):
            say("a", "a", loudness_db=np.zeros(3))

    def test_silence_between_keeps_phones_apart(self):
        assert len(score_of([("a", 0.0, 0.1), ("sil", 0.1, 0.2), ("a", 0.2, 0.3)]).phones) == 2


class TestAnyLanguage:
    """Phones that the network has no class of its own for."""

    @pytest.mark.slow
    def test_everything_that_espeak_says_has_a_target(self):
        said = {one for voice in espeak_phones(sorted(set(espeak.voices().values()))).values() for one in voice}
        phones = sorted({phone for one in said for phone in ipa.phones(one)}, key=str)
        visemes = Visemes.load()
        assert len(phones) > 150
        for phone in phones:
            values, strength, _ = visemes.target(phone)
            assert np.isfinite(values).all(), phone
            assert values.min() >= 0, phone
            assert values.max() <= 1, phone
            assert (strength > 0).all(), phone
            assert phone.seals or values[:2].min() > 0, phone  # the mouth is somewhere

    def test_those_of_the_network_are_as_measured(self):
        visemes = Visemes.load()
        for row, name in enumerate(PHONES[1:], start=1):
            np.testing.assert_array_equal(visemes.target(known(name)).values, visemes.targets[row])

    def test_features_order_what_is_seen(self, our_lips):
        def shown(phone):
            frame = say(phone, each_s=0.4).values[[42]]
            return our_lips.opening(frame)[0], our_lips.width(frame)[0]

        assert shown("ø")[0] > shown("y")[0]  # the lower the tongue, the wider
        assert shown("ɐ")[0] > shown("ɜ")[0] > shown("ɘ")[0]
        for rounded, plain in (("u", "ɯ"), ("o", "ɤ"), ("ɔ", "ʌ"), ("tʷ", "t"), ("ɯᵝ", "ɯ"), ("œ", "ɛ")):
            assert shown(rounded)[1] < shown(plain)[1]  # rounded lips are narrow

    @pytest.mark.parametrize("phone", ["ʘ", "ʙ", "ɓ", "k͡p", "m̥", "pʷ", "pʰ", "ᵐb"])
    def test_lips_meet_for_all_that_is_made_with_both(self, our_lips, phone):
        clip = say("a", phone, "a", each_s=0.12)
        assert our_lips.gap(clip.values[36:46]).min() < -0.01

    @pytest.mark.parametrize("phone", ["β", "ɸ", "β̞"])
    def test_they_come_near_but_do_not_meet_for_fricatives(self, our_lips, phone):
        clip = say("a", phone, "a", each_s=0.12)
        assert 0 < our_lips.opening(clip.values[36:46]).min() < 0.06

    @pytest.mark.parametrize("phone", ["ʋ", "ɱ", "ⱱ"])
    def test_the_lower_lip_goes_to_the_teeth_for_all_labiodentals(self, phone):
        assert say("a", phone, "a")["mouthRollLower"].max() > 0.2

    def test_parts_of_a_diphthong_share_its_time(self):
        np.testing.assert_array_equal(say("aɪ", each_s=0.2).values, say("a", "ɪ").values)


class TestTable:
    def test_only_phones_of_the_network_are_exceptions(self):
        assert set(read_table()["phones"]) < set(PHONES)

    def test_a_calibration_replaces_what_it_names(self, tmp_path):
        path = tmp_path / "mine.toml"
        path.write_text('[timing]\nwake_s = 0.2\n[phones]\n"a" = { jaw = 0.9 }\n', encoding="utf-8")
        mine, by_hand = Visemes.load(path), combined(read_table(), {})
        assert mine.timing["wake_s"] == 0.2
        changed = np.argwhere(mine.targets != by_hand.targets)
        assert changed.tolist() == [[PHONES.index("a"), 0]]
        assert say("a", visemes=mine)["jawOpen"].max() > 0.6

    def test_wrong_calibrations_are_explained(self, tmp_path):
        with pytest.raises(InputError, match="there is no calibration"):
            Visemes.load(tmp_path / "missing.toml")
        broken = tmp_path / "broken.toml"
        broken.write_text("a = = b", encoding="utf-8")
        with pytest.raises(InputError, match=r"broken\.toml is no TOML"):
            Visemes.load(broken)


class TestAgainstFilmedFaces:
    """Scores of what ships on recordings that it was not calibrated on; loudness alone follows GRID's lips by 0.24."""

    @pytest.mark.parametrize(("corpus", "least"), [("grid", 0.7), ("facegood", 0.72)])
    def test_lips_follow_those_that_were_filmed(self, corpora: Path, ict_lips, corpus, least):
        held = list(islice(takes(corpora, corpus, Network.load(device="cpu"), ict_lips, held=True), 40))
        scores = report(Visemes.load(), held, ict_lips, loudness=True)
        assert scores["r"] > least
        assert scores["false_closure"] < 0.05
        assert 0.5 < scores["scale"] < 1.1
        assert abs(scores["late_s"]) < 0.03
        assert scores["r"] > report(combined(read_table(), {}), held, ict_lips, loudness=True)["r"]

    def test_lips_meet_on_the_ict_face_too(self, ict_lips):
        for bilabial in BILABIALS:
            clip = say("a", bilabial, "a")
            assert ict_lips.gap(clip.values[[middle(clip, 1)]])[0] < 0
