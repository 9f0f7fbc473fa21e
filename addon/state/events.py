"""What happens when somebody changes a property by hand: whoever owns the behaviour listens."""

from collections.abc import Callable
from typing import Any

Listener = Callable[..., None]


class Event:
    """Something that people do, and who wants to know of it."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._listeners: list[Listener] = []

    def connect(self, listener: Listener) -> Listener:
        """Have a function called when it happens; return the function, so that this decorates it."""
        self._listeners.append(listener)
        return listener

    def __call__(self, *about: Any) -> None:
        """Notify all listeners that it happened, in the order in which they came."""
        for listener in self._listeners:
            listener(*about)


take_chosen = Event()
"""Another take of a speaker is to be shown; with the speaker."""
control_moved = Event()
"""A control of a take was moved; with the take."""
sound_chosen = Event()
"""A speaker has another recording; with its path."""
voice_named = Event()
"""Somebody said whose voice it is."""
phone_changed = Event()
"""A phone was changed; with the phone and its edge that was moved, "start_s" or "end_s", or ""."""
word_changed = Event()
"""A word was changed; with the word."""
