"""The child process that does the heavy work, seen from Blender: requests go out, replies are collected later."""

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, ClassVar, Final, Self

import bpy

from audio2blend.errors import Audio2BlendError, InputError, MissingDependencyError

from ..state.preferences import Preferences
from . import packages

_ERRORS: Final = {error.__name__: error for error in (InputError, MissingDependencyError)}
_PACKAGES: Final = ("audio2blend", "rigs", "usd_export", "render_farm", "audio2blend_app", "numpy", "onnxruntime")
_LAST_LINES: Final = 12
_GRACE_S: Final = 3.0
"""How long the child process may take to end."""


class ServiceError(Audio2BlendError):
    """The child process failed in a way it should not; the text ends with the last lines of its log."""


def raised(reply: dict[str, Any]) -> Audio2BlendError:
    """Return the error of a reply, to raise it: the one raised on purpose, or ServiceError."""
    return _ERRORS.get(reply["kind"], ServiceError)(reply["error"])


class Call:
    """A request that is under way."""

    def __init__(self, service: "Service", number: int, line: str) -> None:
        """Use `Service.submit` instead."""
        self._service = service
        self.number = number
        self.line = line
        """What was asked for, as it goes over the wire."""
        self.replies: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        """What has come and was not polled yet."""

    def poll(self) -> list[dict[str, Any]]:
        """Return the replies that have come since, without waiting.

        They are {"progress": [done, total]}, and as the last one {"result": …, "notes": […]} or
        {"error": "sentence", "kind": …}, which `raised` makes an exception of.
        """
        found = []
        while not self.replies.empty():
            found.append(self.replies.get())
        return found

    def cancel(self) -> None:
        """Give the request up; the child process ends for it, and begins again with the others."""
        self._service.cancel(self)


class Service:
    """A child process and the requests it has; it starts with the first one and again after it has died."""

    _current: ClassVar[Self | None] = None

    def __init__(self, threads: int = 0) -> None:
        """Use `get` instead."""
        self._threads = threads
        self._process: _Process | None = None
        self._open: dict[int, Call] = {}
        self._count = 0

    @classmethod
    def get(cls, preferences: Preferences) -> Self:
        """Return the one that all share, for as many threads as the user wants once what is under way is done."""
        current = cls._current
        if current is None or (current._threads != preferences.threads and not current._open):
            cls.stop()
            current = cls._current = cls(preferences.threads)
        return current

    @classmethod
    def stop(cls, *, wait: bool = False) -> None:
        """End the child process and forget what was under way; with `wait`, return when it is gone."""
        current, cls._current = cls._current, None
        if current is not None and current._process is not None:
            if wait:
                current._process.wait()
            else:
                current._process.end()

    def submit(self, verb: str, **arguments: Any) -> Call:
        """Ask for a verb of `audio2blend_app.service`. Raises ServiceError if it cannot start."""
        self._count += 1
        call = Call(self, self._count, json.dumps({"id": self._count, "verb": verb, **arguments}))
        self._open[call.number] = call
        try:
            self._send([call])
        except ServiceError:
            del self._open[call.number]
            raise
        return call

    def cancel(self, call: Call) -> None:
        """Give a request up and ask again for the others that were waiting."""
        if self._open.pop(call.number, None) is None:
            return
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._open:
            self._send(list(self._open.values()))

    def _send(self, calls: list[Call]) -> None:
        if self._process is None or not self._process.alive:
            self._process = _Process(self._open, self._threads)
        self._process.write([call.line for call in calls])


class _Process:
    """One life of the child process, with the threads that read what it writes."""

    def __init__(self, calls: dict[int, Call], threads: int) -> None:
        self._calls = calls
        self._log: deque[str] = deque(maxlen=_LAST_LINES)
        self._given_up = False
        if reason := packages.why_not():
            raise ServiceError(reason)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(_folders()), "PYTHONUTF8": "1"}
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), bpy.app.tempdir)  # what stays there goes with Blender
        if sys.platform == "win32":  # where Blender's own USD finds its library
            environment["PXR_USD_WINDOWS_DLL_PATH"] = str(Path(bpy.app.binary_path).with_name("blender.shared"))
        if threads:
            environment["OMP_NUM_THREADS"] = str(threads)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-m", "audio2blend_app.service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open a console
                start_new_session=True,  # Ctrl-C on Blender's terminal is for Blender
            )
        except OSError as error:
            raise ServiceError(f"{sys.executable} does not start: {error.strerror}; reinstall Blender") from None
        pipes = (self._read_log, self._process.stderr), (self._read_replies, self._process.stdout)
        self._readers = [threading.Thread(target=read, args=(pipe,), daemon=True) for read, pipe in pipes]
        for reader in self._readers:
            reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def write(self, lines: list[str]) -> None:
        with contextlib.suppress(OSError):  # it has died; the reader of its replies ends the calls
            assert self._process.stdin is not None
            self._process.stdin.write("".join(f"{line}\n" for line in lines))
            self._process.stdin.flush()

    def end(self) -> None:
        """Let it go: it sweeps up and is gone within a second or so; Python waits for that before it ends itself."""
        self._given_up = True
        threading.Thread(target=self.wait).start()

    def wait(self) -> None:
        """Hang up, and return when it is gone and all that it said is read."""
        self._given_up = True
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for reader in self._readers:  # a pipe that is being read cannot be closed: Python would never end
            reader.join()

    def _read_replies(self, stdout: IO[str]) -> None:
        for line in stdout:
            if self._given_up:  # its requests are another process's by now
                return
            try:
                reply = json.loads(line)
            except json.JSONDecodeError:  # it was killed in mid-sentence
                continue
            number = reply.pop("id")
            call = self._calls.get(number) if "progress" in reply else self._calls.pop(number, None)
            if call is not None:
                call.replies.put(reply)
        if self._given_up:
            return
        code = self._process.wait()
        self._readers[0].join()
        said = f", after saying: {' / '.join(self._log)}" if self._log else ""
        error = f"the child process ended unexpectedly (exit code {code}){said}; try again"
        for number in list(self._calls):
            if call := self._calls.pop(number, None):  # unless it was cancelled just now
                call.replies.put({"error": error, "kind": ""})

    def _read_log(self, stderr: IO[str]) -> None:
        for line in stderr:
            if line.strip():
                self._log.append(line.strip())


def _folders() -> list[str]:
    """Return the folders that the child process finds its packages in: the extension's own, and Blender's."""
    places = [spec.origin for name in _PACKAGES if (spec := find_spec(name)) and spec.origin]
    own = [packages.FOLDER] if packages.FOLDER.is_dir() else []
    return list(dict.fromkeys(str(folder) for folder in (*own, *(Path(place).parents[1] for place in places))))


def register() -> None:
    """Have the child process end before Python does."""
    atexit.register(Service.stop, wait=True)


def unregister() -> None:
    """End the child process with the extension."""
    Service.stop()
    atexit.unregister(Service.stop)
