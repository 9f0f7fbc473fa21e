"""Runs in Blender: the extension's client of its child process, and what may happen to that."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import bpy

from tests.support.worker.scenes import extension


def troubles(*, sound: str, progress: Any) -> dict[str, Any]:
    """Return what the client says in turn: of an answer, an error, a crash, a cancelled request, and its end."""
    with extension():
        from addon.client.service import Service
        from addon.state import preferences

        service = Service.get(preferences.get(bpy.context))
        told = {"first": answer(service.submit("waveform", speech=sound)), "error": answer(service.submit("sing"))}
        dying = service.submit("self_test")
        _process(service).send_signal(signal.SIGSTOP)
        _process(service).kill()
        told["killed"] = answer(dying)
        told["after the crash"] = answer(service.submit("waveform", speech=sound))
        long, behind = service.submit("self_test"), service.submit("waveform", speech=sound)
        pids = [_process(service).pid]
        long.cancel()
        told["waiting behind it"] = answer(behind)
        told["cancelled"] = long.poll()
        pids.append(_process(service).pid)
    time.sleep(0.1)
    told["stopped"] = list({_lives(pid) for pid in pids})
    return told


def cut_off(*, folder: Path, progress: Any) -> Any:
    """Return what the client says of a child process that ends in the middle of a line."""
    program = folder / "mumbler"
    program.write_text("""#!/bin/sh\nread request\nprintf '{"id": 1, "resu'\n""")
    program.chmod(0o755)
    with extension():
        from addon.client.service import Service
        from addon.state import preferences

        python, sys.executable = sys.executable, str(program)
        try:
            return answer(Service.get(preferences.get(bpy.context)).submit("self_test"))
        finally:
            sys.executable = python


def other_threads(*, sound: str, progress: Any) -> dict[str, Any]:
    """Return what comes of a request when the user chooses another number of threads meanwhile, and after it."""
    with extension():
        from addon.client.service import Service
        from addon.state.preferences import Preferences

        before = Service.get(Preferences(threads=1))
        call = before.submit("waveform", speech=sound)
        meanwhile = Service.get(Preferences(threads=2)) is before
        return {"meanwhile": meanwhile, "answer": answer(call), "then": Service.get(Preferences(threads=2)) is before}


def answer(call: Any) -> Any:
    """Return what comes of a request, as far as it is of interest here."""
    from addon.client.service import raised

    for _ in range(6000):
        for reply in call.poll():
            if "error" in reply:
                error = raised(reply)
                return f"{type(error).__name__}: {str(error).split(';')[0]}"
            if "result" in reply:
                return {"duration_s": reply["result"]["duration_s"]}
        time.sleep(0.01)
    return "no answer"


def _process(service: Any) -> Any:
    return service._process._process


def _lives(pid: int) -> bool:
    """Return whether a child of this process runs, giving it a few seconds to end."""
    for _ in range(100):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return False
        except ChildProcessError:
            return False
        time.sleep(0.1)
    return True
