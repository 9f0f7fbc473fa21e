"""One Blender that stays open between tasks, with the scene in it.

A process renders with a session of its own, kept for its next task; so do workers of engines that run tasks in one
process. Where each task is a process, as under Open Job Description, the step environment starts a *keeper* before the
first task and stops it after the last: a process that holds the session and is asked for frames over a local socket,
which only who can read its address in the session's own folder may use.

A keeper ends when the process that started it is gone, however that ended, and its Blender with it.
"""

import atexit
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, NoReturn

from audio2blend.blender import BlenderError, wire
from audio2blend.errors import Audio2BlendError
from audio2blend.files import no_room

from .look import FarmLook
from .session import FrameReport, RenderSession

VARIABLE: Final = "AUDIO2BLEND_FARM_KEEPER"
"""Environment variable: the file with a keeper's address."""
_START_S: Final = 30.0
_POLL_S: Final = 0.5
_LONGEST: Final = 100
"""A socket's path has at most so many bytes; where it would have more, it lies in a temporary folder."""


def render(scene: Path, look: FarmLook, frames: Sequence[int], folder: Path) -> list[FrameReport]:
    """Render frames of a scene into a folder, in the Blender that is kept for this task.

    Errors are those of `RenderSession`; BlenderError too if the keeper is gone.
    """
    if address := os.environ.get(VARIABLE):
        return list(_asked(Path(address), [scene, look, list(frames), folder]))
    return _KEPT.render(scene, look, frames, folder)


def begin(folder: Path) -> Path:
    """Start a keeper for the process that started this one, and return the file with its address.

    Raises BlenderError if it does not start.
    """
    address, log = folder / "keeper.json", folder / "keeper.log"
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "render_farm.keeper", str(address), str(os.getppid())],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    until = monotonic() + _START_S
    while not address.exists():
        if process.poll() is not None or monotonic() > until:
            raise BlenderError(f"the keeper of Blender does not start: {log.read_text('utf-8', 'replace').strip()}")
        sleep(0.02)
    return address


def end(folder: Path) -> None:
    """Stop the keeper whose address lies in a folder, if there is one, whatever it is doing."""
    with suppress(OSError, ValueError):
        os.kill(json.loads((folder / "keeper.json").read_bytes())["process"], signal.SIGTERM)


def _asked(address: Path, call: Any) -> Any:
    """Send a keeper what is to be done, and return its answer."""
    try:
        place = json.loads(address.read_bytes())
        with Client(place["address"], authkey=bytes.fromhex(place["key"])) as connection:
            connection.send_bytes(json.dumps(wire.encode(call, {})).encode())
            reply = json.loads(connection.recv_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise BlenderError(f"the Blender that was kept for this task is gone ({type(error).__name__})") from None
    if "error" not in reply:
        return wire.decode(reply["result"], {})
    if reply["errno"] is not None:
        raise OSError(reply["errno"], reply["error"])
    raise wire.resolve(reply["kind"])(reply["error"])


class _Kept:
    """A session, kept as long as it renders well."""

    def __init__(self) -> None:
        self._session: RenderSession | None = None

    def render(self, scene: Path, look: FarmLook, frames: Sequence[int], folder: Path) -> list[FrameReport]:
        if self._session is None:
            self._session = RenderSession.open()
        try:
            return self._session.render(scene, look, frames, folder)
        except BaseException:
            self.close()  # its Blender may have crashed; the next task gets a new one
            raise

    def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


_KEPT: Final = _Kept()
atexit.register(_KEPT.close)


def _serve(address: Path, owner: int) -> NoReturn:
    """Answer one call after another until this process is ended, by `end` or because `owner` is gone."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))  # then Blender hears nobody, and ends too
    threading.Thread(target=_watch, args=(owner, address.parent), daemon=True).start()
    key = secrets.token_bytes(32)
    socket = str(address.with_suffix(".socket"))
    short = os.name == "posix" and len(os.fsencode(socket)) < _LONGEST
    with Listener(socket if short else None, authkey=key) as listener:
        draft = address.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"address": listener.address, "key": key.hex(), "process": os.getpid()}))
        draft.replace(address)
        while True:
            with suppress(OSError, EOFError), listener.accept() as connection:
                call = wire.decode(json.loads(connection.recv_bytes()), {})
                _answer(connection, call)


def _answer(connection: Connection, call: Any) -> None:
    try:
        reply = {"result": wire.encode(_KEPT.render(*call), {})}
    except Audio2BlendError as error:
        reply = {"error": str(error), "kind": f"{type(error).__module__}:{type(error).__qualname__}", "errno": None}
    except OSError as error:
        reply = {"error": error.strerror or str(error), "kind": "", "errno": error.errno if no_room(error) else 5}
    connection.send_bytes(json.dumps(reply).encode())


def _watch(owner: int, folder: Path) -> None:
    """End this process when its owner is gone, or its folder: Blender hears that nobody speaks to it, and ends too."""
    while folder.exists() and _lives(owner):
        sleep(_POLL_S)
    os._exit(0)


def _lives(process: int) -> bool:
    if os.name != "posix":  # there a signal 0 is another thing; the folder alone tells
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
