"""The figures that every format keeps: weights within 1e-4 (FBX and .blend 1e-3), times within 0.1 ms, rates exactly.

Formats are those that are registered, so a new one is held to this the day it comes.
"""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from tests.support.small_rig import patch
from tests.support.talking import RATES, talking
from usd_export import Format, formats
from usd_export.validation import inspected

WRITTEN = [
    form
    for form in formats()
    if form.writer and (form.inspector or form.reader) and not form.writer.startswith("usd_export.cues.")
]
"""Those that hold curves; cues say which mouth is shown when, and no more."""


OTHER_NAMES = {".vrma", ".motion3.json"}
"""Formats whose curves have names of their own; what these show is held to ours by their own tests."""


def slack(form: Format) -> float:
    """Return how far a weight may come back: what the format's options allow, and rounding on the way."""
    return float(getattr(form.options(), "key_error", 0.0)) + (1e-3 if form.needs_blender else 1e-4)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=[pytest.mark.blender] * form.needs_blender, id=form.suffix) for form in WRITTEN]
)
def test_what_was_written_comes_back(form: Format, rate: Fraction, tmp_path: Path) -> None:
    assert rate in RATES
    rate = form.frame_rate or rate
    clip: Clip = replace(talking(200, frame_rate=rate), metadata={"source": "line.wav"})
    clip = clip.with_channels({"jawRight": np.zeros(len(clip))})  # a joint cannot go both ways at once
    path = usd_export.write(clip, tmp_path / f"line{form.suffix}", rig=patch())
    contents = inspected(path)
    assert contents is not None
    compared = 0
    for group in contents.curves:
        assert group.times_s[0] == pytest.approx(0, abs=1e-4)
        assert group.times_s[-1] == pytest.approx(clip.times_s[-1], abs=1e-4)
        assert group.frame_rate == rate
        assert np.abs(group.times_s - clip.times_s).max() < 1e-4
        for name in {*group.channels} & {*clip.channels}:
            found, wanted = group.values[:, group.channels.index(name)], clip[name]
            assert np.abs(found - wanted).max() <= slack(form) * (10 if name in ROTATIONS else 1), name
            compared += 1
    assert contents.curves
    assert (compared > 0) != (form.suffix in OTHER_NAMES), compared
