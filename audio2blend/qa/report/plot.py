"""SVG plots of mouth curves, aligned with the sound, its phones and its words."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...align.reading import Reading
from ...audio import SAMPLE_RATE, Speech
from ...clip import FRAME_RATE
from ...intervals import runs
from ...lips import CLOSED
from ...phones import BILABIALS
from ...posteriors import PhonePosteriors
from ..judge import Closing, Judgement
from ..sampled import Sampled

STRIP_S: Final = 6.0
"""Length of a strip in seconds, up to `MOST_STRIPS` strips."""
MOST_STRIPS: Final = 40
"""Most strips on a page; longer lines get longer strips, so that a page of an hour still opens."""

_LEFT, _RIGHT, _WIDTH = 58.0, 1072.0, 1080
_WORDS, _WAVE, _PHONES = -6, (0, 50), 66  # baselines of words and phones; top and bottom of the others
_OPENING, _CLOSURES, _JAW, _MOUTH, _AXIS = (84, 230), (236, 254), (274, 344), (360, 414), 420
_HEIGHT = 440
_READABLE_S: Final = 12.0
"""Longest strip with room for words and phones."""

Curve = NDArray[np.float64]
Scale = tuple[float, float]
"""The values at the bottom and at the top of a pane."""


def strips(found: Judgement, speech: Speech) -> Iterator[str]:
    """Yield one <svg> for each strip of the line, all with the same scales."""
    first, last = float(found.times_s[0]), float(found.times_s[-1])
    count = int(np.clip(np.ceil((last - first) / STRIP_S), 1, MOST_STRIPS))
    length = (last - first) / count  # all equal, rather than a short one at the end
    every = [found.clip] + ([found.reference] if found.reference else [])
    openings, jaws, widths = (np.concatenate([getattr(c, name) for c in every]) for name in ("opening", "jaw", "width"))
    scales = {
        "opening": (0.0, max(0.1, float(openings.max()) * 1.05)),
        "jaw": (0.0, max(0.2, float(jaws.max()) * 1.05)),
        "width": (float(widths.min()) - 0.01, float(widths.max()) + 0.01),
    }
    closings = found.closings()
    sound = speech.samples / max(1e-6, float(np.abs(speech.samples).max()))
    for number in range(count):
        start = first + number * length
        yield _Strip(start, start + length).draw(found, sound, scales, closings)


class _Strip:
    """The plot of one interval of time."""

    def __init__(self, start_s: float, end_s: float) -> None:
        self._start, self._end = start_s, end_s

    def draw(
        self, found: Judgement, sound: NDArray[np.float32], scales: dict[str, Scale], closings: Iterable[Closing]
    ) -> str:
        inside = (found.times_s >= self._start - 0.02) & (found.times_s <= self._end + 0.02)
        times = found.times_s[inside]
        parts = [
            *self._wave(sound),
            *self._closed_band(scales["opening"]),
            *self._closings(closings),
            *self._grid("opening", _OPENING, scales["opening"], (0.05, 0.1, 0.2)),
            *self._grid("jawOpen", _JAW, scales["jaw"], (0.1, 0.2, 0.5)),
            *self._grid("width", _MOUTH, scales["width"], (0.05, 0.1)),
            *self._time_axis(),
        ]
        for curves, kind in ((found.reference, "reference"), (found.clip, "clip")):
            if curves is not None:
                for name, pane in (("opening", _OPENING), ("jaw", _JAW), ("width", _MOUTH)):
                    parts.append(self._line(times, getattr(curves, name)[inside], pane, scales[name], kind))
        parts += self._closures(found, inside)
        top = 0
        if self._end - self._start <= _READABLE_S:
            parts += self._phones(found.posteriors)
            if found.reading is not None:
                parts += self._words(found.reading)
                top = 34
        return (
            f'<svg viewBox="0 {-top} {_WIDTH} {_HEIGHT + top}" role="img" aria-label="curves from {self._start:.1f} to '
            f'{self._end:.1f} seconds">{"".join(parts)}</svg>'
        )

    def _x(self, time_s: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * float(np.clip((time_s - self._start) / (self._end - self._start), 0, 1))

    def _wave(self, sound: NDArray[np.float32]) -> Iterator[str]:
        edges = np.linspace(self._start, self._end, 508) * SAMPLE_RATE
        middle = (_WAVE[0] + _WAVE[1]) / 2
        upper, lower = [], []
        for column, (low, high) in enumerate(zip(edges[:-1].astype(int), edges[1:].astype(int), strict=True)):
            piece = sound[max(0, low) : max(0, high)]
            if not len(piece):
                continue
            x = _LEFT + (column + 0.5) * (_RIGHT - _LEFT) / 507
            upper.append(f"{x:.1f},{middle - 25 * max(float(piece.max()), 0.012):.1f}")
            lower.append(f"{x:.1f},{middle - 25 * min(float(piece.min()), -0.012):.1f}")
        yield f'<polygon class="wave" points="{" ".join(upper + lower[::-1])}"/>'
        yield f'<text class="pane" x="{_LEFT - 8}" y="{middle + 4}">sound</text>'

    def _closed_band(self, scale: Scale) -> Iterator[str]:
        top = _height(CLOSED, _OPENING, scale)
        yield (
            f'<rect class="band" x="{_LEFT}" width="{_RIGHT - _LEFT}" y="{top:.1f}" height="{_OPENING[1] - top:.1f}">'
            "<title>closed: opening below 0.02</title></rect>"
        )

    def _closings(self, closings: Iterable[Closing]) -> Iterator[str]:
        """Yield a tint at each expected closure, and a cross above those that are missed."""
        for start, end, label, closed in closings:
            if end <= self._start or start >= self._end:
                continue
            left, right = self._x(start), self._x(end)
            yield (
                f'<rect class="closing {"kept" if closed else "missed"}" x="{left:.1f}" '
                f'width="{max(2, right - left):.1f}" y="{_OPENING[0]}" height="{_OPENING[1] - _OPENING[0]}">'
                f"<title>{escape(label)} at {start:.2f} s: {'closed' if closed else 'not closed'}</title></rect>"
            )
            if not closed:
                yield f'<text class="cross" x="{(left + right) / 2:.1f}" y="{_OPENING[0] + 11}">✕</text>'

    def _phones(self, posteriors: PhonePosteriors) -> Iterator[str]:
        """Yield the phones with a probability above one half, p, b and m in colour."""
        rate = float(posteriors.frame_rate)
        first, last = int(max(0, self._start) * rate), int(np.ceil(self._end * rate))
        probable = posteriors.probabilities[first:last]
        likeliest = np.where(probable.max(axis=1, initial=0) > 0.5, probable.argmax(axis=1), -1)
        for column, phone in enumerate(posteriors.phones):
            if phone == "sil":
                continue
            kind = "phone lips" if phone in BILABIALS else "phone"
            for start, end in runs(likeliest == column):
                x = self._x((first + (start + end) / 2) / rate)
                yield f'<text class="{kind}" x="{x:.1f}" y="{_PHONES}">{escape(phone)}</text>'
        yield f'<text class="pane" x="{_LEFT - 8}" y="{_PHONES}">detected</text>'

    def _words(self, reading: Reading) -> Iterator[str]:
        """Yield the words at their start times; one that would overlap the previous word is a line higher."""
        free = 0.0
        for word in reading.words:
            if not self._start <= word.start_s < self._end:
                continue
            x = self._x(word.start_s)
            y = _WORDS if x >= free else _WORDS - 14
            free = x + 7.5 * len(word.text) if y == _WORDS else free
            yield (
                f'<text class="word{" missing" if word.missing else ""}" x="{x:.1f}" y="{y}">{escape(word.text)}'
                f"<title>{escape(word.text)}, {word.start_s:.2f} to {word.end_s:.2f} s"
                f"{', not posteriors' if word.missing else ''}</title></text>"
            )
        yield f'<text class="pane" x="{_LEFT - 8}" y="{_WORDS}">text</text>'

    def _grid(self, name: str, pane: tuple[int, int], scale: Scale, steps: tuple[float, ...]) -> Iterator[str]:
        step = next((s for s in steps if (scale[1] - scale[0]) / s <= 4), steps[-1])
        for value in np.arange(np.ceil(scale[0] / step - 1e-6), np.floor(scale[1] / step + 1e-6) + 1) * step + 0.0:
            y = _height(float(value), pane, scale)
            yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_RIGHT}"/>'
            yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 3:.1f}">{value:g}</text>'
        yield f'<text class="name" x="{_LEFT}" y="{pane[0] - 3}">{name}</text>'

    def _time_axis(self) -> Iterator[str]:
        span = self._end - self._start
        step = next(s for s in (0.5, 1, 2, 5, 10, 20, 60, 300) if span / s <= 13)
        for time_s in np.arange(np.ceil(self._start / step), np.floor(self._end / step) + 1) * step:
            x = self._x(float(time_s))
            yield f'<path class="second" d="M{x:.1f} {_WAVE[0]}V{_AXIS}"/>'
            yield f'<text class="time" x="{x:.1f}" y="{_AXIS + 14}">{time_s:g} s</text>'

    def _line(self, times: Curve, values: Curve, pane: tuple[int, int], scale: Scale, kind: str) -> str:
        times, values = _thinned(times, values, 1000)
        points = " ".join(f"{self._x(t):.1f},{_height(v, pane, scale):.1f}" for t, v in zip(times, values, strict=True))
        return f'<polyline class="{kind}" points="{points}"/>'

    def _closures(self, found: Judgement, inside: NDArray[np.bool_]) -> Iterator[str]:
        """Yield a bar for every closure, those of the reference above those of the clip."""
        offset_s = float(found.times_s[0])
        top, bottom = _CLOSURES
        lanes: list[tuple[str, Sampled | None, float]] = [
            ("reference", found.reference, top),
            ("clip", found.clip, (top + bottom) / 2 + 1 if found.reference else top + 5),
        ]
        for kind, curves, y in lanes:
            if curves is None:
                continue
            for first, last in runs((curves.opening < CLOSED) & inside):
                left, right = (offset_s + frame / float(FRAME_RATE) for frame in (first, last))
                yield (
                    f'<rect class="closure {kind}" x="{self._x(left):.1f}" y="{y}" height="7" rx="2" '
                    f'width="{max(2, self._x(right) - self._x(left)):.1f}"><title>{kind} closed {left:.2f} to '
                    f"{right:.2f} s</title></rect>"
                )
        yield f'<text class="pane" x="{_LEFT - 8}" y="{top + 12}">closed</text>'


def _height(value: float, pane: tuple[int, int], scale: Scale) -> float:
    return pane[1] - (pane[1] - pane[0]) * (value - scale[0]) / (scale[1] - scale[0])


def _thinned(times: Curve, values: Curve, most: int) -> tuple[Curve, Curve]:
    """Decimate a curve to at most `most` points, keeping the minimum and maximum of each interval."""
    if len(values) <= most:
        return times, values
    keep: list[int] = []
    for piece in np.array_split(np.arange(len(values)), most // 2):
        keep += sorted({int(piece[values[piece].argmin()]), int(piece[values[piece].argmax()])})
    return times[keep], values[keep]
