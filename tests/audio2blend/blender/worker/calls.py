"""What the tests of the Blender child run inside it."""

import os
import signal
import sys
import time
from typing import Any

import bpy

from audio2blend.errors import InputError


def echo(*, progress: Any, **values: Any) -> dict[str, Any]:
    return values


def objects(*, progress: Any) -> int:
    """Add an object and return how many there are."""
    bpy.ops.mesh.primitive_cube_add()
    return len(bpy.data.objects)


def chatter(*, progress: Any) -> None:
    """Write to stdout from Python, from C, and through a program."""
    print("from Python")
    os.write(1, b'{"result": "from C"}\n')
    os.system("echo from a program")


def count(*, to: int, progress: Any) -> None:
    for index in range(to):
        progress(index + 1, to)


def talk(*, progress: Any) -> None:
    while True:
        progress(os.getpid(), 0)


def sleep(*, progress: Any) -> None:
    progress(os.getpid(), 0)
    time.sleep(600)


def refuse(*, progress: Any) -> None:
    raise InputError("the nose has no name; give it one")


def divide(*, progress: Any) -> float:
    return 1 / 0


def crash(*, progress: Any) -> None:
    print("the last words", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def modules(*, progress: Any) -> list[str]:
    return sorted(name for name in sys.modules if "." not in name)
