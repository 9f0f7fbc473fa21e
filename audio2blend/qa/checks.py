"""What an animated line should be like: the thresholds, each with its reason."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Check:
    """One measure and the values that are fine; without limits it only informs."""

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
        "The clip lasts as long as somebody speaks. A shorter one belongs to another recording.",
    ),
    Check(
        "stillness", "Closed in silence", "%", 0.99, None,
        "Lips rest (opening below 0.02) in all but stray frames 0.3 s and more away from speech. "
        "Judged from 0.2 s on.",
    ),
    Check(
        "phones_closed", "Closes on p, b, m", "%", 0.65, None,
        "Real lips close in 97 % of the places where the network is sure of p, b or m, "
        "and in 52 % if the sound is 100 ms off. Judged from three such places on, of which one may be misheard.",
    ),
    Check(
        "closures_explained", "Closures with a cause", "%", 0.75, None,
        "Of the times that real lips close in speech, 89 % meet what may be p, b, m, f, v or a pause; 72 % if the "
        "sound is 100 ms off. Judged from four closures on, of which one may lack a cause.",
    ),
    Check(
        "closure_timing", "Closures later by", "ms", -40.0, 40.0,
        "Median over p, b and m. Real lips: 1 ms. 40 ms is a frame of film, and about where people notice sound that "
        "comes early (ITU-R BT.1359: 45 ms). Judged from three on.",
    ),
    Check(
        "lip_teeth", "Near closed on f, v", "%", None, None,
        "Share of the places that sound like f or v in which the opening falls below 0.04. Real lips: 83 %. No limit: "
        "heads differ in how well their lower lip meets the teeth.",
    ),
    Check(
        "jitter", "Jitter in speech", "", 0.003, 0.045,
        "Mean second difference of the opening, either way, at 25 frames a second. Real lips in a sentence: "
        "0.006 to 0.022. At half of that they hardly move, at twice that they tremble.",
    ),
    Check(
        "sound_offset", "Behind the loudness by", "ms", -80.0, 80.0,
        "Loudness is no mouth: real lips come 7 to 44 ms after it in pieces of 5 s, and anything in pieces of 3 s. "
        "The limits are about twice that; judged from 6 s on where the correlation reaches 0.4.",
    ),
    Check(
        "asymmetry", "Asymmetry of the mouth", "%", None, None,
        "Difference of left and right over their sum. No limit: a crooked smile may be meant.",
    ),
    Check(
        "upper_face", "Upper-face motion", "mm", None, None,
        "Standard deviation in time of how far brows and lids are from rest. No limit: taste, and mostly blinks.",
    ),
)  # fmt: skip
"""What can be measured from the sound alone."""

TEXT: Final = (
    Check(
        "text_fit", "Text fits the sound", "%", 0.3, None,
        "How much better the sound fits the text than its letters out of order. In seven languages, 120 of 121 true "
        "texts reach this, and 1 of 347 others. Judged from twelve letters on, where the sound is clear.",
    ),
    Check(
        "words_heard", "Words detected", "%", None, None,
        "Share of the words of which at least half the letters are detected. No limit: figures, initials and "
        "abbreviations are not spelt as they are said.",
    ),
    Check(
        "text_closed", "Closes as written", "%", 0.65, None,
        "Share of the p, b and m of the text on which the lips close. Real lips: 93 %. Silent ones, such as the last "
        "of \"lamb\", do not count. Judged from three on, of which one may stay open.",
    ),
)  # fmt: skip
"""What a text adds: the words of the line."""

REFERENCE: Final = (
    Check(
        "opening_r", "Opening, r in speech", "", 0.75, None,
        "Pearson's correlation at zero lag. Simple methods stay below: loudness 0.25, a ridge on mel features 0.70 "
        "on unseen sentences. A set of lines should reach 0.90.",
    ),
    Check(
        "opening_r_whole", "Opening, r throughout", "", None, None,
        "With the pauses. No limit: long pauses flatter it.",
    ),
    Check(
        "width_r", "Width, r in speech", "", None, None,
        "The same for the distance of the mouth corners. No limit: faces smile while they speak.",
    ),
    Check(
        "closure_recall", "Closures kept", "%", 0.75, None,
        "Share of the reference's closed frames (below 0.02) in speech. A missed closure is what people see first. "
        "A set of lines should reach 85 %.",
    ),
    Check(
        "false_closure", "False closures", "%", None, 0.1,
        "Share of the reference's open frames (above 0.04) in speech. Late edges cost some, swallowed vowels more. "
        "A set of lines should stay below 5 %.",
    ),
    Check(
        "closure_precision", "Closures shared", "%", None, None,
        "Share of the closed frames in which the reference is closed, not open. No limit: the one above bounds it.",
    ),
    Check(
        "closure_lag", "Closures later than its", "ms", -40.0, 40.0,
        "Median over the closures of both, up to 0.3 s long, middle against middle. Judged from three on.",
    ),
    Check(
        "offset", "Later than reference by", "ms", -40.0, 40.0,
        "Peak of the cross-correlation of the openings. 40 ms is a frame of film, below what people notice "
        "(ITU-R BT.1359: sound 45 ms early); single lines of our network scatter by 20.",
    ),
    Check(
        "jitter_ratio", "Jitter over reference's", "", 0.5, 1.4,
        "In speech at 25 frames a second. Lines vary around the 0.7 to 1.1 that a set should keep to.",
    ),
    Check(
        "mod", "Mouth opening difference", "", None, 0.03,
        "Mean difference of the openings in speech, either way. The lips of our network on unseen sentences: below "
        "0.02 in nineteen of twenty.",
    ),
    Check(
        "lve", "Lip vertex error", "mm", None, None,
        "Greatest distance of a lip landmark, mean over frames. No limit: comparable only on one head.",
    ),
    Check(
        "fdd", "Upper-face deviation", "mm", None, None,
        "Upper-face motion less the reference's (FDD). No limit: blinks are chance.",
    ),
)  # fmt: skip
"""What a reference adds: the same line as it should be."""

CHECKS: Final = {check.name: check for check in (*SOUND, *TEXT, *REFERENCE)}
"""All checks by name."""
