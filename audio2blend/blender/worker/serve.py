"""The child's side of the conversation: one call at a time, until the parent hangs up."""

import json
import os
import queue
import shutil
import sys
import threading
import traceback
from typing import IO, Any, NoReturn

import bpy
import numpy as np

from audio2blend.blender.wire import Arrays, decode, encode, resolve
from audio2blend.errors import Audio2BlendError


def serve(replies: IO[str], folder: str) -> None:
    """Answer the calls that come on stdin, one JSON line each, with lines on `replies`; never returns."""
    calls: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(calls, folder), daemon=True).start()

    def reply(**message: Any) -> None:
        try:
            replies.write(json.dumps(message) + "\n")
            replies.flush()
        except OSError:  # nobody is there any more
            _end(folder)

    def progress(done: int, total: int) -> None:
        reply(progress=[done, total])

    reply(ready=True)
    while True:
        call = json.loads(calls.get())
        try:
            if call["fresh"]:
                bpy.ops.wm.read_factory_settings(use_empty=True)
            with np.load(call["arrays"]) as file:
                arguments = decode(call["arguments"], dict(file))
            result = resolve(call["function"])(**arguments, progress=progress)
            arrays: Arrays = {}
            content = encode(result, arrays)
            np.savez(call["arrays"], **arrays)
            reply(result=content)
        except Audio2BlendError as error:
            reply(error=str(error), kind=f"{type(error).__module__}:{type(error).__qualname__}")
        except OSError as error:  # such as a full disk, which whoever called knows what to say of
            traceback.print_exc(file=sys.stderr)
            reply(error=error.strerror or str(error), kind=None, errno=error.errno)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            reply(error=f"{type(error).__name__}: {error}", kind=None)


def _listen(calls: "queue.SimpleQueue[str]", folder: str) -> None:
    """Queue the parent's lines; when it hangs up or dies, end this process at once, whatever it is doing."""
    with open(0, encoding="utf-8") as stdin:
        for line in stdin:
            calls.put(line)
    _end(folder)


def _end(folder: str) -> NoReturn:
    """Leave at once: Blender's own way out can wait forever for a thread of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
