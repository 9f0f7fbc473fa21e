"""Blender's own process has none of the libraries that animate: they are in the child process alone."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.blender

HEAVY = ("onnxruntime", "soundfile", "soxr", "pxr", "imageio_ffmpeg", "pydub", "tqdm", "espeakng_loader", "num2words")
REGISTERED = f"""
import sys
for name in {HEAVY!r}:
    sys.modules[name] = None
import bpy
import addon
addon.register()
assert "animate" in dir(bpy.ops.audio2blend)
addon.unregister()
print("registered", flush=True)
import os
os._exit(0)  # the module of Blender may hang at exit
"""


def test_the_extension_registers_without_them():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", REGISTERED], cwd=root, capture_output=True, text=True)
    assert "registered" in done.stdout, done.stderr
