"""Errors become reports in Blender's own way: a sentence in the status bar, never a traceback."""

import os
import traceback
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as said

from audio2blend import wording
from audio2blend.errors import Audio2BlendError
from audio2blend_app.wording import BLENDER

Method = Callable[..., set[str]]


def guarded(method: Method) -> Method:
    """Return an operator's method that reports what goes wrong and answers {"CANCELLED"}.

    An `Audio2BlendError` and an error of the file system are the user's to mend. Anything else is a mistake of ours:
    the console has the traceback, the report the versions; under tests it is raised.
    """

    def attempt(operator: Any, *arguments: Any) -> set[str]:
        try:
            return method(operator, *arguments)
        except Exception as error:
            operator.report({"ERROR"}, sentence(error))
        return {"CANCELLED"}

    def execute(self: Any, context: Any) -> set[str]:
        return attempt(self, context)

    def invoke(self: Any, context: Any, event: Any) -> set[str]:
        return attempt(self, context, event)

    with_event = method.__code__.co_argcount == 3  # Blender counts the arguments of an operator's methods
    return wraps(method)(invoke if with_event else execute)


def allows(operator: Any, reason: str) -> bool:
    """Return whether nothing is in the way of an operator's class; the reason is shown in the tooltip of its button."""
    if reason:
        operator.poll_message_set(said(reason))
    return not reason


def sentence(error: Exception) -> str:
    """Return the message for an error; one that nobody foresaw is raised again under tests."""
    if isinstance(error, Audio2BlendError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'a file'}: {error.strerror}; choose another place"
    traceback.print_exc()
    if "PYTEST_CURRENT_TEST" in os.environ:
        raise error
    last = traceback.format_exception_only(error)[-1].strip()
    return (
        f"audio2blend {version('audio2blend')} made a mistake in Blender {bpy.app.version_string}: {last}; "
        "please report it with the lines in the system console"
    )


def register() -> None:
    """Have messages speak of buttons and labels."""
    wording.use(BLENDER)


def unregister() -> None:
    """Have them speak of Python again."""
    wording.use(wording.PYTHON)
