"""Serving the Blender extension: requests come on stdin, answers go to stdout, all else to stderr."""

import _thread
import contextlib
import json
import logging
import os
import pkgutil
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import IO, Any, Final

from audio2blend import wording
from audio2blend.errors import Audio2BlendError, InputError

from ..warned import Warned
from ..wording import BLENDER
from . import __path__ as _folder

_GRACE_S: Final = 1.0
"""How long work that is given up may take to sweep up its half-written files."""


def serve(lines: IO[str], replies: IO[str]) -> None:
    """Answer the requests that come as lines on `replies`, until there are no more."""
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines, requests), daemon=True).start()
    notes = Warned()
    logging.getLogger("audio2blend").addHandler(notes)
    while line := requests.get():
        request = json.loads(line)
        number = request.pop("id")

        def reply(number: int = number, **message: Any) -> None:
            replies.write(json.dumps({"id": number, **message}) + "\n")
            replies.flush()

        def progress(done: int, total: int, reply: Callable[..., None] = reply, **more: Any) -> None:
            if more:
                more["notes"] = list(notes.messages)
                notes.messages.clear()
            reply(progress=[done, total], **more)

        notes.messages.clear()
        try:
            result = verb(request.pop("verb"))(**request, progress=progress)
            reply(result=result, notes=list(notes.messages))
        except Audio2BlendError as error:
            reply(error=str(error), kind=type(error).__name__)
        except Exception as error:
            traceback.print_exc()
            reply(error=f"{type(error).__name__}: {error}", kind=type(error).__name__)


def verb(name: str) -> Callable[..., dict[str, Any]]:
    """Return the function that does what a request asks for. Raises InputError if there is none."""
    known = sorted(module.name for module in pkgutil.iter_modules(_folder) if not module.name.startswith("_"))
    if name not in known:
        raise InputError(f"there is no verb '{name}'; ask for one of {', '.join(known)}")
    function: Callable[..., dict[str, Any]] = import_module(f".{name}", __package__).run
    return function


def _listen(lines: IO[str], requests: "queue.SimpleQueue[str | None]") -> None:
    """Queue the lines; when nobody is there any more, end this process, whatever it is doing."""
    for line in lines:
        requests.put(line)
    _interrupt()
    requests.put(None)
    time.sleep(_GRACE_S)
    os._exit(0)


def _interrupt() -> None:
    """Raise KeyboardInterrupt in the main thread; where systems know how, out of waiting for a Blender as well."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def main() -> None:
    """Serve on the pipes that this process was given; whatever else reads or prints here gets nothing and the log."""
    lines = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    wording.use(BLENDER)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a Blender in the background of a shell has it ignored
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(lines, replies)
    sys.stderr.flush()
    os._exit(0)  # a way out that waits for no thread of a library


if __name__ == "__main__":
    main()
