"""A Blender that runs as a child process and executes calls, one at a time."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from ..errors import Audio2BlendError, MissingDependencyError
from ..files import no_room, scratch, write_arrays
from . import find, wire

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is; may raise to stop the work."""


class BlenderError(Audio2BlendError, RuntimeError):
    """Blender failed, crashed or took too long; the text ends with the last lines of its log."""


def start() -> "Child":
    """Start Blender; use it in a `with` block, at whose end it is gone.

    Raises MissingDependencyError if there is none or it lacks a system library, BlenderError if it crashes.
    """
    return Child(find.find())


class Child:
    """A running Blender. What is left of it when its `with` block ends, however that ends: nothing.

    Lines of JSON go to its stdin and come from its stdout; arrays lie in an .npz file in a temporary folder;
    everything that Blender prints is kept in a log there.
    """

    def __init__(self, blender: find.Blender) -> None:
        self.name = blender.name
        self.folder = Path(tempfile.mkdtemp(prefix="audio2blend-"))
        """A temporary folder that workers may use too; it goes when the child goes."""
        self._timed_out = False
        package = Path(__file__).parent
        script = str(package / "worker" / "boot.py")
        folder = str(self.folder)
        isolated = os.environ | {
            "BLENDER_USER_RESOURCES": folder,  # neither the user's settings nor his add-ons
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder),  # where Blender makes a folder of its own
        }
        try:
            with (self.folder / "log").open("wb") as log:
                self._process = subprocess.Popen(
                    [*blender.command, script, *blender.separator, str(package.parents[1]), folder],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    encoding="utf-8",
                    errors="replace",
                    env=isolated,
                    start_new_session=True,  # Ctrl-C comes to us alone, and we end the child
                )
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        progress: Progress | None = None,
        timeout_s: float | None = None,
        fresh: bool = True,
    ) -> Any:
        """Run a worker's function in an empty scene inside Blender and return its result.

        Args:
            function: "package.worker.module:name"; takes `arguments` as keywords and one more, `progress`.
            arguments: JSON values, tuples, paths, fractions, arrays, and our dataclasses such as `Clip`.
            progress: called with (done, total) whenever the worker says so.
            timeout_s: after so many seconds Blender is killed.
            fresh: False for a function that goes on with what the last call left open.

        An `Audio2BlendError` that the worker raises is raised here again. Raises BlenderError if it fails in
        another way, or Blender crashes or is killed.
        """
        arrays: wire.Arrays = {}
        content = wire.encode(arguments, arrays)
        store = self.folder / "arrays.npz"
        with scratch(self.folder.parent):
            write_arrays(store, arrays)
        message = json.dumps({"function": function, "arguments": content, "arrays": str(store), "fresh": fresh})
        timer = threading.Timer(timeout_s or 0, self._time_out)
        if timeout_s is not None:
            timer.start()
        try:
            stdin = self._pipe(self._process.stdin)
            try:
                stdin.write(message + "\n")
                stdin.flush()
            except OSError:  # a broken pipe, which is another error on Windows
                raise self._crash() from None
            while True:
                reply = self._reply()
                if "progress" in reply:
                    if progress is not None:
                        progress(*reply["progress"])
                elif "error" in reply:
                    raise self._error(reply["error"], reply["kind"], reply.get("errno"))
                else:
                    with np.load(store) as file:
                        return wire.decode(reply["result"], dict(file))
        finally:
            timer.cancel()

    def kill(self) -> None:
        """End the child now, and remove its folder; a call that is under way in another thread fails."""
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # closing sends what was not sent yet
                self._pipe(pipe).close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _wait_until_ready(self) -> None:
        """Return when Blender says that it is ready; whatever it prints before is no part of the protocol."""
        for line in self._pipe(self._process.stdout):
            if line.startswith('{"ready"'):
                return
        raise self._crash()

    def _reply(self) -> dict[str, Any]:
        line = self._pipe(self._process.stdout).readline()
        if not line.endswith("\n"):  # nothing, or no more than it could say before it crashed
            raise self._crash()
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _time_out(self) -> None:
        self._timed_out = True
        self._kill()

    def _kill(self) -> None:
        """Kill the process and, where systems know groups, those it started: `blender` may be a wrapper script."""
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def _crash(self) -> Audio2BlendError:
        """Return the error for why the child is gone."""
        code = self._process.wait()
        if self._timed_out:
            return BlenderError(f"{self.name} was stopped because it took too long{self._last_words()}")
        if lacking := find.lacking(self._log()):
            return MissingDependencyError(lacking)
        return BlenderError(f"{self.name} ended unexpectedly with exit code {code}{self._last_words()}")

    def _error(self, text: str, kind: str | None, errno: int | None) -> Exception:
        if errno is not None and no_room(full := OSError(errno, text)):
            return full
        if kind is None:
            return BlenderError(f"{self.name} failed: {text}{self._last_words()}")
        error: Exception = wire.resolve(kind)(text)
        return error

    def _log(self) -> str:
        return (self.folder / "log").read_text("utf-8", errors="replace").strip()

    def _last_words(self) -> str:
        """Return the last lines that Blender printed, as the end of an error's text."""
        lines = self._log().splitlines()[-12:]
        return "\n".join([", after printing:", *(f"  {line}" for line in lines)]) if lines else ""

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe
