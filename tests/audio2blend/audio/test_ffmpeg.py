"""The ffmpeg program is found, also where Blender has unpacked it without the permission to run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

ROOT = Path(__file__).resolve().parents[3]


def test_a_program_without_permission_is_given_it(tmp_path):
    package = tmp_path / "imageio_ffmpeg"
    original = Path(imageio_ffmpeg.__file__).parent
    shutil.copytree(original, package, ignore=shutil.ignore_patterns("ffmpeg-*", "__pycache__"))
    name = next((original / "binaries").glob("ffmpeg-*")).name
    binary = package / "binaries" / name
    binary.write_text("#!/bin/sh\necho ffmpeg version 1\n", "utf-8")
    binary.chmod(0o644)
    code = "from audio2blend.audio import ffmpeg; print(ffmpeg.program())"
    folders = os.pathsep.join((str(tmp_path), str(ROOT)))
    found = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": folders}, capture_output=True, text=True)
    assert found.stdout.strip() == str(binary), found.stderr
    assert os.access(binary, os.X_OK)
