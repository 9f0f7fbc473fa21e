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

WRITTEN = [form for form in formats() if form.writer and (form.inspector or form.reader)]


def slack(form: Format) -> float:
    return 1e-3 if form.needs_blender else 1e-4


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=[pytest.mark.blender] * form.needs_blender, id=form.suffix) for form in WRITTEN]
)
def test_what_was_written_comes_back(form: Format, rate: Fraction, tmp_path: Path) -> None:
    assert rate in RATES
    clip: Clip = replace(talking(200, frame_rate=rate), metadata={"source": "line.wav"})
    path = usd_export.write(clip, tmp_path / f"line{form.suffix}", rig=patch(), frame_rate=rate)
    contents = inspected(path)
    assert contents is not None
    shown = [group for group in contents.curves if len(group.times_s) == len(clip)]
    assert shown
    compared = 0
    for group in shown:
        assert np.abs(group.times_s - clip.times_s).max() < 1e-4
        assert group.frame_rate == rate
        names = [name for name in group.channels if name in clip]
        columns = [group.channels.index(name) for name in names]
        limits = np.array([10 if name in ROTATIONS else 1 for name in names]) * slack(form)
        if names:
            assert (np.abs(group.values[:, columns] - clip.select(names).values) <= limits).all()
            compared += len(names)
    assert compared >= 52 or form.suffix == ".vrma", "whose expressions are other names"
