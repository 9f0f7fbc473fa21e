"""Checks of ours on any file that moves a face, whoever wrote it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import CHANNELS, ROTATIONS
from audio2blend.clip import FRAME_RATE
from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs.retarget.names import match, to_arkit
from rigs.retarget.retarget import BONE_CHANNEL

from ..contents import Contents, Curves, joined
from ..outcome import Finding, Outcome

_TOLERANCE: Final = 1e-3
"""How far a weight may lie beyond 0 to 1, or from rest, by rounding."""
_FAR: Final = 1.0
"""Who goes so far beyond 0 to 1 exaggerates no longer."""
_OPEN: Final = 0.1
"""From this weight on a jaw counts as open."""


def checks(contents: Contents) -> list[Outcome]:
    """Return what is wrong with what a file holds."""
    return [
        Outcome(name=name, findings=tuple(found(contents)))
        for name, found in (
            ("files", _files),
            ("animation", _animation), ("names", _names), ("weights", _weights), ("times", _times), ("rest", _rest),
        )
    ]  # fmt: skip


def of_line(contents: Contents, name: str) -> tuple[list[Curves], str]:
    """Return what moves in the animation of a recording, and why nothing can be compared with it, or "".

    `name` is the recording's, without its suffix; an animation of another name counts if it is the only one.
    """
    named = [group for group in contents.curves if group.animation == name]
    if named or len(contents.animations) == 1:
        return named or list(contents.curves), ""
    if not contents.curves:
        return [], "nothing in it moves by weights"
    return [], f"it has several animations, {listed(contents.animations)}, and none is called '{name}'; rename one"


def length(groups: Sequence[Curves], duration_s: float) -> Outcome:
    """Return whether an animation lasts as long as its sound: as many frames, give or take one, from time 0 on."""
    findings = []
    for group in {(group.animation, *_span(group)): group for group in groups}.values():
        rate = float(group.frame_rate or FRAME_RATE)
        first, last = _span(group)
        count, wanted = round((last - first) * rate) + 1, duration_s * rate
        if abs(count - wanted) > 1 + _TOLERANCE:
            about = f"{count} frames at {rate:g} fps, and the sound lasts {wanted:.1f}"
            findings.append(Finding("error", about, place=group.target))
        if abs(first) > 1 / rate:
            findings.append(Finding("error", f"it begins at {first:.3f} s, and the sound at 0", place=group.target))
    return Outcome(name="length", findings=tuple(findings))


def _span(group: Curves) -> tuple[float, float]:
    return float(group.times_s[0]), float(group.times_s[-1])


def _files(contents: Contents) -> Iterator[Finding]:
    for name in contents.missing:
        yield Finding("error", f"'{name}' is not there; put it back, or pack it into the file")
    for name in contents.astray:
        yield Finding("warning", f"'{name}' is not where the file says; put it beside the file, or pack it into it")


def _animation(contents: Contents) -> Iterator[Finding]:
    moved = [group for group in contents.curves if len(group.times_s) and np.ptp(group.values, axis=0).any()]
    if moved or contents.n_joints_moved:
        names = listed(f"'{name}'" for name in contents.animations if name)
        n_shapes = len({name for group in moved for name, curve in _columns(group) if np.ptp(curve) > 0})
        keys = max((len(group.times_s) for group in moved), default=0)
        bones = f", {contents.n_joints_moved} bones" if contents.n_joints_moved else ""
        yield Finding("info", f"{names + ': ' if names else ''}{n_shapes} shapes move on {keys} keys{bones}")
    elif contents.curves:
        yield Finding("error", "nothing moves: every curve keeps one value")
    else:
        yield Finding("error", "there is no animation in it")


def _columns(group: Curves) -> Iterator[tuple[str, NDArray[np.float32]]]:
    return zip(group.channels, group.values.T, strict=True)


def _names(contents: Contents) -> Iterator[Finding]:
    for sentence in contents.unbound:
        yield Finding("error", sentence)
    for group in contents.curves:
        if twice := {name for name in group.channels if group.channels.count(name) > 1}:
            yield Finding("error", f"several shapes are called {listed(sorted(twice))}", place=group.target)
    shapes = _shapes(contents)
    if not shapes:
        return
    unknown = [name for name in shapes if name not in _known(contents)]
    if len(unknown) == len(shapes):
        yield Finding("info", f"none of {len(shapes)} names is one that this program knows, such as {shapes[0]}")
    elif unknown:
        known = len(shapes) - len(unknown)
        yield Finding("info", f"{known} of {len(shapes)} names are known; not {listed(unknown, most=4)}")
    else:
        kind = "of them ARKit's" if {*shapes} <= {*CHANNELS} else "known"
        yield Finding("info", f"{len(shapes)} names, all {kind}")


def _known(contents: Contents) -> set[str]:
    """Return those of the names that some convention of faces has, which so mean a weight of 0 to 1."""
    shapes = [name for name in _shapes(contents) if name not in ROTATIONS]
    return {*_shapes(contents)} - {*match(shapes).unknown}


def _of_other_range(contents: Contents) -> set[str]:
    """Return those of the names whose convention is not 0 to 1, such as Live2D's angles."""
    return {
        target.name for target in match(_shapes(contents)).retarget.targets if target.limits not in (None, (0.0, 1.0))
    }  # fmt: skip


def _shapes(contents: Contents) -> list[str]:
    """Return the names of all shapes and channels, each once."""
    resting = (key.rpartition("/")[2] for key in contents.rest)
    moved = (name for group in contents.curves for name in group.channels)
    return [name for name in dict.fromkeys((*moved, *resting)) if not BONE_CHANNEL.fullmatch(name)]


def _weights(contents: Contents) -> Iterator[Finding]:
    known = _known(contents) - {*ROTATIONS} - _of_other_range(contents)
    for group in contents.curves:
        if not np.isfinite(group.values).all():
            yield Finding("error", "a weight is NaN or infinite", place=group.target)
            continue
        for name, curve in _columns(group):
            far = np.maximum(-curve, curve - 1)
            if name not in known or not len(far) or far.max() <= _TOLERANCE:
                continue
            key = int(far.argmax())
            at = f"{name} is {curve[key]:.3f} at {group.times_s[key]:.3f} s"
            if far[key] > _FAR:
                yield Finding("error", f"{at}; weights are 0 to 1, not percent", place=group.target)
            else:
                yield Finding("warning", f"{at}; players that keep to 0 and 1 cut it off", place=group.target)


def _times(contents: Contents) -> Iterator[Finding]:
    for group in contents.curves:
        if not len(group.times_s):
            yield Finding("error", "it has no keys", place=group.target)
        elif not np.isfinite(group.times_s).all() or (np.diff(group.times_s) <= 0).any():
            yield Finding("error", "a key does not come after the key before it", place=group.target)
    rates = {group.frame_rate for group in contents.curves if len(group.times_s) > 1}
    for rate in rates:
        yield Finding("info", "keys at uneven times" if rate is None else f"keys at {_rate(rate)} fps")


def _rate(rate: Fraction) -> str:
    return str(rate) if rate.denominator == 1 else f"{float(rate):.6g} ({rate})"


def _rest(contents: Contents) -> Iterator[Finding]:
    known = _known(contents)
    moved = {f"{group.target}/{name}" for group in contents.curves for name in group.channels}
    for shape, weight in contents.rest.items():
        if abs(weight) > _TOLERANCE and shape.rpartition("/")[2] in known:
            what = "does not rest before it plays" if shape in moved else "is never moved and does not rest"
            yield Finding("error", f"{shape} {what}: it is {weight:.3f}")
    for name in contents.animations:
        with suppress(InputError):  # names that mean nothing, or nothing that can be played
            first = joined(group for group in contents.curves if group.animation == name)
            open_ = float(to_arkit(replace(first, values=first.values[:1])).select(["jawOpen"]).values[0, 0])
            if open_ > _OPEN:
                about = f"the jaw is open by {open_:.2f} in the first frame"
                yield Finding("warning", f"{about}; start a little before somebody speaks", place=name)
