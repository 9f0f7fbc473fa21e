"""Runs inside Blender: how long its main thread is kept from one look at mouse and keyboard to the next.

Blender goes round: it hands out events, updates what depends on what was changed, draws, and looks for events again.
A round in which an operator of ours works begins with it; a timer of ours ticks when its events are handed out, and
so does the next round's.
"""

import time
from itertools import pairwise
from typing import Any

import bpy

Moment = tuple[float, float]
"""Seconds by the clock, which others on the machine share, and those in which the main thread computed."""

_begun: list[Moment] = []
_ticks: list[Moment] = []


def now() -> Moment:
    """Return when it is."""
    return time.perf_counter(), time.thread_time()


def tick() -> float:
    """Note that events were handed out; Blender calls this once a round."""
    _ticks.append(now())
    return 0.0


def rounds() -> list[Moment]:
    """Return what each round took in which an operator of ours worked, and forget them."""
    taken = []
    for begun in _begun:
        handed_out = next((at for at in _ticks if at > begun), None)
        ends = [at for at in (*_begun, *_ticks) if handed_out is not None and at > handed_out]
        if ends:
            taken.append((min(ends)[0] - begun[0], min(ends)[1] - begun[1]))
    forget()
    return taken


def forget() -> None:
    """Begin anew."""
    _begun.clear()
    _ticks.clear()


def between_ticks() -> list[Moment]:
    """Return what every round took, whoever worked in it, and forget them."""
    taken = [(end[0] - begin[0], end[1] - begin[1]) for begin, end in pairwise(_ticks)]
    forget()
    return taken


def noting(function: Any) -> Any:
    """Return a method of an operator that notes when it begins."""

    def noted(operator: Any, context: Any, event: Any) -> Any:
        _begun.append(now())
        return function(operator, context, event)

    return noted


def operators() -> None:
    """Note from now on when an operator of ours is called."""
    from bl_ext.user_default.audio2blend.client.modal import ServiceOperator

    for name in ("invoke", "modal"):
        setattr(ServiceOperator, name, noting(getattr(ServiceOperator, name)))


bpy.app.timers.register(tick, persistent=True)
