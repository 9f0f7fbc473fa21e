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
    """What it tells and why the limits lie where they do."""


def _share(name: str, label: str, at_least: float | None, at_most: float | None, why: str) -> Check:
    return Check(name, label, "%", at_least, at_most, why)


SOUND: Final = (
    _share(
        "coverage", "Speech covered", 0.99, None,
        "The clip lasts as long as somebody speaks. A shorter one belongs to another recording.",
    ),
    _share(
        "stillness", "Closed in silence", 0.99, None,
        "Lips rest (opening below 0.02) in all but stray frames 0.3 s and more away from speech. "
        "Judged from 0.2 s on.",
    ),
    _share(
        "phones_closed", "Closes on p, b, m", 0.65, None,
        "Real lips close in 93 % of the places where the network is sure to hear p, b or m, "
        "and in 40 % if the sound is 100 ms off; the limit lies midway. Judged from three such places on.",
    ),
    _share(
        "closures_explained", "Closures with a cause", 0.75, None,
        "Of the times that real lips close in speech, 93 % meet a p, b, m, f, v or pause. Judged from four on.",
    ),
    Check(
        "closure_timing", "Closures later by", "ms", -40.0, 40.0,
        "Median over p, b and m. Real lips: 0 ms; 40 ms is a frame of film, and about where people notice sound "
        "that comes early (ITU-R BT.1359: 45 ms). Judged from three on.",
    ),
    _share(
        "lip_teeth", "Near closed on f, v", None, None,
        "Share with an opening below 0.04 while the lower lip meets the teeth. Too few are heard surely for a limit.",
    ),
    Check(
        "jitter", "Jitter in speech", "", 0.004, 0.05,
        "Mean |second difference| of the opening at 25 frames a second. Real lips in a sentence: "
        "0.012 to 0.034. Below 0.004 they hardly move, above 0.05 they tremble.",
    ),
    Check(
        "sound_offset", "Behind the loudness by", "ms", -80.0, 80.0,
        "Loudness is no mouth: over 5 s of real lips it misses by -36 to 47 ms, over 3 s by anything. "
        "The limits are about twice that; judged from 6 s on where the correlation reaches 0.4.",
    ),
    _share(
        "asymmetry", "Asymmetry of the mouth", None, None,
        "Difference of left and right over their sum. No limit: a crooked smile may be meant.",
    ),
    Check(
        "upper_face", "Upper-face motion", "mm", None, None,
        "Standard deviation in time of how far brows and lids are from rest. No limit: taste, and mostly blinks.",
    ),
)  # fmt: skip
"""What the sound alone lets one tell."""

REFERENCE: Final = (
    Check(
        "opening_r", "Opening, r in speech", "", 0.75, None,
        "Pearson's correlation at zero lag. What hears no phones stays below: loudness 0.25, a ridge on mel "
        "features 0.70 on unseen sentences.",
    ),
    Check(
        "opening_r_whole", "Opening, r throughout", "", None, None,
        "With the pauses. No limit: long pauses flatter it.",
    ),
    Check(
        "width_r", "Width, r in speech", "", None, None,
        "The same for the distance of the mouth corners. No limit: faces smile while they speak.",
    ),
    _share(
        "closure_recall", "Closures kept", 0.85, None,
        "Share of the reference's closed frames (below 0.02) in speech. A missed closure is what people see first.",
    ),
    _share(
        "false_closure", "False closures", None, 0.05,
        "Share of the reference's open frames (above 0.04) in speech: one in twenty allows for late edges, not for "
        "swallowed vowels.",
    ),
    _share(
        "closure_precision", "Closures shared", None, None,
        "Share of the closed frames in which the reference is closed, not open. No limit: the one above bounds it.",
    ),
    Check(
        "offset", "Later than reference by", "ms", -40.0, 40.0,
        "Peak of the cross-correlation of the openings. 40 ms is a frame of film, below what people notice "
        "(ITU-R BT.1359: sound 45 ms early); two takes of one sentence differ by some 20.",
    ),
    Check(
        "jitter_ratio", "Jitter over reference's", "", 0.5, 1.4,
        "In speech at 25 frames a second. Lines vary around the 0.7 to 1.1 that a whole set should keep to.",
    ),
    Check(
        "mod", "Mouth opening difference", "", None, 0.03,
        "Mean |difference| of the openings in speech. From 0.03 on, the mouth is as far off on average as closed "
        "is from clearly open.",
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

CHECKS: Final = {check.name: check for check in (*SOUND, *REFERENCE)}
"""All checks by name."""
