"""The checks of an animated line: measures with their limits and the reasons for them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Check:
    """A measure and its limits; without limits it only informs."""

    name: str
    label: str
    unit: str
    at_least: float | None
    at_most: float | None
    why: str
    """What it measures, and the reason for its limits."""


SOUND: Final = (
    Check(
        "coverage", "Speech covered", "%", 0.99, None,
        "Share of the speech that the clip covers. A shorter clip belongs to another recording.",
    ),
    Check(
        "stillness", "Closed in silence", "%", 0.99, None,
        "Share of frames with closed lips (opening below 0.02), 0.3 s and more away from speech. Judged from 0.2 s of "
        "silence on.",
    ),
    Check(
        "phones_closed", "Closes on p, b, m", "%", 0.65, None,
        "Share of the surely detected p, b and m on which the lips close. Real lips: 97 %, and 52 % with the sound "
        "shifted by 100 ms. Judged from three phones on, one of which may be misdetected.",
    ),
    Check(
        "closures_explained", "Closures with a cause", "%", 0.75, None,
        "Share of the closures in speech that coincide with a possible p, b, m, f, v or pause. Real lips: 89 %, and "
        "72 % with the sound shifted by 100 ms. Judged from four closures on, one of which may lack a cause.",
    ),
    Check(
        "closure_timing", "Closures later by", "ms", -40.0, 40.0,
        "Median lag of the closures behind p, b and m. Real lips: 1 ms. 40 ms is a frame of film, and about where "
        "viewers notice early sound (ITU-R BT.1359: 45 ms). Judged from three closures on.",
    ),
    Check(
        "lip_teeth", "Near closed on f, v", "%", None, None,
        "Share of the detected f and v on which the opening falls below 0.04. Real lips: 83 %. No limit: heads differ "
        "in how well the lower lip meets the teeth.",
    ),
    Check(
        "jitter", "Jitter in speech", "", 0.003, 0.045,
        "Mean absolute second difference of the opening at 25 frames a second. Real lips in a sentence: 0.006 to "
        "0.022. Lips hardly move at half of that, and tremble at twice that.",
    ),
    Check(
        "sound_offset", "Behind the loudness by", "ms", -80.0, 80.0,
        "Lag of the opening behind the loudness, which follows the mouth only roughly: real lips lag by 7 to 44 ms in "
        "pieces of 5 s, and by anything in pieces of 3 s. The limits are about twice that. Judged from 6 s on where "
        "the correlation reaches 0.4.",
    ),
    Check(
        "asymmetry", "Asymmetry of the mouth", "%", None, None,
        "Difference of left and right over their sum. No limit: a crooked smile may be intended.",
    ),
    Check(
        "upper_face", "Upper-face motion", "mm", None, None,
        "Standard deviation over time of the displacement of brows and lids. No limit: a matter of style, and mostly "
        "blinks.",
    ),
)  # fmt: skip
"""Checks against the sound alone."""

TEXT: Final = (
    Check(
        "text_fit", "Text fits the sound", "%", 0.3, None,
        "How much better the sound fits the text than its letters out of order. In seven languages, 120 of 121 "
        "correct texts pass, and 1 of 347 wrong ones. Judged from twelve letters on, where the sound is clear.",
    ),
    Check(
        "words_heard", "Words detected", "%", None, None,
        "Share of the words of which at least half the letters are detected. No limit: figures, initials and "
        "abbreviations are not pronounced as they are spelt.",
    ),
    Check(
        "text_closed", "Closes as written", "%", 0.65, None,
        "Share of the text's p, b and m on which the lips close. Real lips: 93 %. Silent letters, such as the b of "
        "\"lamb\", do not count. Judged from three on, one of which may stay open.",
    ),
)  # fmt: skip
"""Checks against a text, the words of the line."""

REFERENCE: Final = (
    Check(
        "opening_r", "Opening, r in speech", "", 0.75, None,
        "Pearson's correlation at zero lag. Baselines stay below: loudness 0.25, a ridge regression on mel features "
        "0.70 on unseen sentences. A set of lines should reach 0.90.",
    ),
    Check(
        "opening_r_whole", "Opening, r throughout", "", None, None,
        "The same with the pauses. No limit: long pauses inflate it.",
    ),
    Check(
        "width_r", "Width, r in speech", "", None, None,
        "The same for the width of the mouth. No limit: people smile while they speak.",
    ),
    Check(
        "closure_recall", "Closures kept", "%", 0.75, None,
        "Share of the reference's closed frames (below 0.02) in speech in which the lips are closed too. A missed "
        "closure is the most visible error. A set of lines should reach 85 %.",
    ),
    Check(
        "false_closure", "False closures", "%", None, 0.1,
        "Share of the reference's open frames (above 0.04) in speech in which the lips are closed. Late edges cause "
        "some, swallowed vowels more. A set of lines should stay below 5 %.",
    ),
    Check(
        "closure_precision", "Closures shared", "%", None, None,
        "Share of the closed frames in which the reference is closed, not open. No limit: false closures bound it.",
    ),
    Check(
        "closure_lag", "Closures later than its", "ms", -40.0, 40.0,
        "Median lag over the closures of both, up to 0.3 s long, from centre to centre. Judged from three on.",
    ),
    Check(
        "offset", "Later than reference by", "ms", -40.0, 40.0,
        "Peak of the cross-correlation of the openings. 40 ms is a frame of film, below what viewers notice (ITU-R "
        "BT.1359: sound 45 ms early). Single lines of our network scatter by 20 ms.",
    ),
    Check(
        "jitter_ratio", "Jitter over reference's", "", 0.5, 1.4,
        "Ratio of the two jitters in speech, at 25 frames a second. Single lines vary around the 0.7 to 1.1 of a good "
        "set.",
    ),
    Check(
        "mod", "Mouth opening difference", "", None, 0.03,
        "Mean absolute difference of the openings in speech. Our network on unseen sentences: below 0.02 in nineteen "
        "of twenty.",
    ),
    Check(
        "lve", "Lip vertex error", "mm", None, None,
        "Largest distance of a lip landmark, averaged over frames. No limit: comparable on one head only.",
    ),
    Check(
        "fdd", "Upper-face deviation", "mm", None, None,
        "Upper-face motion minus the reference's (FDD). No limit: blinks are random.",
    ),
)  # fmt: skip
"""Checks against a reference, a capture of the same line."""

CHECKS: Final = {check.name: check for check in (*SOUND, *TEXT, *REFERENCE)}
"""All checks by name."""
