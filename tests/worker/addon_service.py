"""Runs in Blender: the extension's client of its child process, and what may happen to that."""

import os
import signal
import time
from typing import Any

import bpy

from .addon_scenes import extension


def troubles(*, sound: str, progress: Any) -> dict[str, Any]:
    """Return what the client says in turn: of an answer, an error, a crash, a cancelled request, and its end."""
    with extension():
        from addon import preferences
        from addon.service import Job, Service, raised

        def answer(job: Job) -> Any:
            for _ in range(6000):
                for reply in job.poll():
                    if "error" in reply:
                        error = raised(reply)
                        return f"{type(error).__name__}: {str(error).split(';')[0]}"
                    if "result" in reply:
                        return {"duration_s": reply["result"]["duration_s"]}
                time.sleep(0.01)
            return "no answer"

        service = Service.get(preferences.get(bpy.context))
        told = {"first": answer(service.submit("waveform", speech=sound)), "error": answer(service.submit("sing"))}
        dying = service.submit("hello")
        _process(service).send_signal(signal.SIGSTOP)
        _process(service).kill()
        told["killed"] = answer(dying)
        told["after the crash"] = answer(service.submit("waveform", speech=sound))
        long, behind = service.submit("hello"), service.submit("waveform", speech=sound)
        pids = [_process(service).pid]
        long.cancel()
        told["waiting behind it"] = answer(behind)
        told["cancelled"] = long.poll()
        pids.append(_process(service).pid)
    time.sleep(0.1)
    told["stopped"] = list({_lives(pid) for pid in pids})
    return told


def _process(service: Any) -> Any:
    return service._process._process


def _lives(pid: int) -> bool:
    """Tell whether a child of this process runs, giving it a few seconds to end."""
    for _ in range(100):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return False
        except ChildProcessError:
            return False
        time.sleep(0.1)
    return True
