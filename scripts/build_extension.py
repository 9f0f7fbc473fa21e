"""Build the Blender extension: one zip for each platform, which holds the wheels of everything that it needs.

Run from the root of the repository: `.venv/bin/python scripts/build_extension.py` (or `make extension`). It asks pip
for wheels of other platforms, keeps them in build/wheels/, and wants Blender's own tool, which comes with the `bpy`
module and with every Blender program. `--bare` makes a zip without wheels for tests, where the packages are found
in the folders of PYTHONPATH.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from packaging.requirements import Requirement

from audio2blend import blender

ROOT: Final = Path(__file__).resolve().parents[1]
BUILD: Final = ROOT / "build"
WHEELS: Final = BUILD / "wheels"
EPOCH: Final = 946_684_800
"""The time of every file in a zip, 2000-01-01, so that nothing in it tells when it was built."""

PYTHONS: Final = ("3.11", "3.13", "3.14")
"""Blender 4.5 and 5.0; 5.1 and 5.2; those that distributions build with their own Python."""
LEFT_OUT: Final = {"numpy"}
"""Blender has its own, which another one would displace in its own process."""
ADDED: Final = ("cffi", "pycparser", "typing-extensions")
"""What soundfile needs. onnxruntime names packages too, but runs a network without them."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A system that Blender runs on."""

    name: str
    """As Blender calls it."""
    tags: tuple[str, ...]
    """The platform tags of the wheels that run there."""
    system: str
    """As `sys_platform` in a requirement's condition."""


PLATFORMS: Final = (
    # Blender's own builds run from glibc 2.28 on.
    Platform("linux-x64", tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "linux"),
    Platform("windows-x64", ("win_amd64",), "win32"),
    Platform("macos-arm64", ("macosx_14_0_arm64",), "darwin"),
    Platform("macos-x64", ("macosx_14_0_x86_64",), "darwin"),
)
MISSING: Final = {("macos-x64", "3.14")}
"""onnxruntime has no wheel there, and Blender has given that platform up with 5.0."""


def requirements(platform: Platform, python: str) -> Iterator[str]:
    """Yield what the project needs at run time on a platform and a Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    where = {"python_version": python, "sys_platform": platform.system}
    for text in project["dependencies"]:
        requirement = Requirement(text)
        if requirement.name not in LEFT_OUT and (requirement.marker is None or requirement.marker.evaluate(where)):
            requirement.marker = None
            yield str(requirement)
    yield from ADDED


def download(platform: Platform, python: str) -> list[Path]:
    """Return the wheels for a platform and a Python, fetched into the folder of both if they are not there."""
    folder = WHEELS / f"{platform.name}-{python}"
    wanted = "\n".join(requirements(platform, python))
    record = folder / "requirements.txt"
    if not record.exists() or record.read_text("utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tags = [argument for tag in platform.tags for argument in ("--platform", tag)]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        only = ["--only-binary=:all:", "--python-version", python, "--implementation", "cp", *tags]
        subprocess.run([*pip, *only, "--dest", folder, *wanted.splitlines()], check=True)
        record.write_text(wanted, "utf-8")
    return sorted(folder.glob("*.whl"))


def own_wheel(folder: Path) -> Path:
    """Return the wheel of the packages of this repository, built into `folder`."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)}
    subprocess.run([*pip, "--wheel-dir", folder, ROOT], check=True, env=environment)
    return next(folder.glob("audio2blend-*.whl"))


def tool() -> list[str]:
    """Return the command line of Blender's own tool for extensions.

    Raises MissingDependencyError if there is neither the `bpy` module nor a Blender.
    """
    if (spec := find_spec("bpy")) and spec.origin:
        found = sorted(Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
        if found:
            return [sys.executable, str(found[-1])]
    return [blender.find().command[0], "--command", "extension"]


def stage(folder: Path, wheels: Sequence[Path], platforms: Sequence[str]) -> None:
    """Lay out in `folder` what goes into the zips."""
    shutil.copytree(ROOT / "addon", folder, ignore=shutil.ignore_patterns("__pycache__"))
    if wheels:
        (folder / "wheels").mkdir()
        for wheel in wheels:
            os.link(wheel, folder / "wheels" / wheel.name)
        manifest = folder / "blender_manifest.toml"
        head, table, rest = manifest.read_text("utf-8").partition("\n[permissions]")
        names = "".join(f'  "./wheels/{wheel.name}",\n' for wheel in wheels)
        quoted = ", ".join(f'"{name}"' for name in platforms)
        manifest.write_text(f"{head}platforms = [{quoted}]\nwheels = [\n{names}]\n{table}{rest}", "utf-8")
    for path in folder.rglob("*"):
        os.utime(path, (EPOCH, EPOCH))


def build(
    target: Path, *, platforms: Sequence[Platform] = (), pythons: Sequence[str] = PYTHONS, log: IO[str] | None = None
) -> list[Path]:
    """Return the zips, built into the folder `target` and validated: one for each platform, or one without wheels.

    What Blender's tool says goes to `log`. Raises CalledProcessError if pip or that tool says no.
    """
    target.mkdir(parents=True, exist_ok=True)
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as scratch:  # on the file system of the wheels, which are linked
        wheels = {}
        if platforms:
            own = own_wheel(Path(scratch))
            wheels[own.name] = own
        for platform in platforms:
            for python in pythons:
                if (platform.name, python) not in MISSING:
                    wheels |= {wheel.name: wheel for wheel in download(platform, python)}
        source, out = Path(scratch) / "audio2blend", Path(scratch) / "out"
        stage(source, [wheels[name] for name in sorted(wheels)], [platform.name for platform in platforms])
        out.mkdir()
        split = ["--split-platforms"] if platforms else []
        subprocess.run([*tool(), "build", "--source-dir", source, "--output-dir", out, *split], check=True, stdout=log)
        zips = []
        for built in sorted(out.glob("*.zip")):
            subprocess.run([*tool(), "validate", built], check=True, stdout=log)
            zips.append(Path(shutil.move(built, target / built.name)))
        return zips


def main(argv: Sequence[str] | None = None) -> None:
    """Build what the arguments name and say where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [platform.name for platform in PLATFORMS]
    parser.add_argument("--platform", action="append", choices=names, help="only this platform; may be given again")
    parser.add_argument("--bare", action="store_true", help="one zip without wheels, for tests")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist", help="folder for the zips (default dist)")
    args = parser.parse_args(argv)
    platforms = [platform for platform in PLATFORMS if not args.platform or platform.name in args.platform]
    for path in build(args.output, platforms=() if args.bare else platforms, log=sys.stderr):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
