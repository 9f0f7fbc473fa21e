"""Build the Blender extension: a zip for each platform and each Python of Blender's, with all that it needs.

Run from the root of the repository: `.venv/bin/python scripts/build_extension.py` (or `make extension`). It asks pip
for wheels of other platforms, keeps them in build/wheels/, and wants Blender's own tool, which comes with the `bpy`
module and with every Blender program. `--bare` makes a zip without packages for tests, where they are found in the
folders of PYTHONPATH.

Blender unpacks an extension in a process of its own, but wheels in its main thread, and keeps them besides. So what
only the child process imports lies in the zip as it is, in the folder `packages`: it is unpacked once, nobody waits,
and other extensions never meet it. The one wheel is our own code, without the networks, for Blender itself.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from packaging.requirements import Requirement

from audio2blend import blender

ROOT: Final = Path(__file__).resolve().parents[1]
BUILD: Final = ROOT / "build"
WHEELS: Final = BUILD / "wheels"
PACKAGES: Final = "packages"
"""The folder in the zip with what the child process imports."""
EPOCH: Final = 946_684_800
"""The time of every file in a zip, 2000-01-01, so that nothing in it tells when it was built."""

LEFT_OUT: Final = {
    "numpy": "Blender has its own, which another one would displace in its own process",
    "janome": "the readings of Japanese characters take 200 MB; kana are pronounced without",
}
"""What the zip does not bring, and why."""
ADDED: Final = ("cffi", "pycparser", "typing-extensions")
"""What soundfile needs. onnxruntime names packages too, but runs a network without them."""
HELD: Final = {"imageio-ffmpeg": "<0.8"}
"""Older versions that do: ffmpeg 9, which 0.8 brings, is twice as large as ffmpeg 7."""
UNUSED: Final = (
    "onnxruntime/capi/libonnxruntime.*",  # the library for other languages; that for Python holds all of it again
    "onnxruntime/capi/onnxruntime.dll",
    "pxr/*/__DOC.py",
    "usd_export/viewer/*",  # of the command line alone
    *(f"onnxruntime/{part}/*" for part in ("backend", "datasets", "quantization", "tools", "transformers")),
    *(
        f"pxr/Usd{schema}/*"
        for schema in (
            "Hydra",
            "Lod",
            "Lux",
            "Media",
            "Physics",
            "Proc",
            "Profiles",
            "Render",
            "Ri",
            "Semantics",
            "Vol",
        )
    ),
)
"""Files of packages that nothing of ours imports."""
NETWORKS: Final = "audio2blend/network/weights/*.onnx"
"""What of our own code is for the child process alone."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A system that Blender runs on."""

    name: str
    """As Blender calls it."""
    tags: tuple[str, ...]
    """The platform tags of the wheels that run there."""
    system: str
    """As `sys_platform` in a requirement's condition."""


@dataclass(frozen=True, slots=True)
class Blender:
    """Versions of Blender that share a zip, since they have the same Python."""

    name: str
    """As the zip's name tells it."""
    python: str
    oldest: str
    """The first of them."""
    next: str | None
    """The first that is too new; None where that is not known yet."""
    platforms: tuple[Platform, ...]
    left_out: frozenset[str] = frozenset()
    """Packages that this Blender brings, so that the zip does not."""


LINUX: Final = Platform(  # Blender's own builds run from glibc 2.28 on
    "linux-x64", (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64"), "linux"
)
WINDOWS: Final = Platform("windows-x64", ("win_amd64",), "win32")
MAC: Final = Platform("macos-arm64", ("macosx_14_0_arm64",), "darwin")
OLD_MAC: Final = Platform("macos-x64", ("macosx_14_0_x86_64",), "darwin")
"""Given up by Blender 5.0."""
DISTRIBUTIONS: Final = Blender("python3.14", "3.14", "4.5.0", None, (LINUX,))
"""As distributions build it: with their own Python, without USD."""
BLENDERS: Final = (
    Blender("blender4.5", "3.11", "4.5.0", "5.1.0", (LINUX, WINDOWS, MAC, OLD_MAC), frozenset({"usd-core"})),
    Blender("blender5.1", "3.13", "5.1.0", None, (LINUX, WINDOWS, MAC), frozenset({"usd-core"})),
    DISTRIBUTIONS,
)
PLATFORMS: Final = (LINUX, WINDOWS, MAC, OLD_MAC)


def requirements(platform: Platform, program: Blender) -> Iterator[str]:
    """Yield what the project needs at run time on a platform in some versions of Blender, besides what they have."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    where = {"python_version": program.python, "sys_platform": platform.system}
    for text in (*project["dependencies"], *project["optional-dependencies"]["text"]):
        requirement = Requirement(text)
        if requirement.name in LEFT_OUT.keys() | program.left_out:
            continue
        if requirement.marker is None or requirement.marker.evaluate(where):
            requirement.marker = None
            requirement.specifier &= HELD.get(requirement.name, "")
            yield str(requirement)
    yield from ADDED


def download(platform: Platform, program: Blender) -> list[Path]:
    """Return the wheels for a platform and a Python, fetched into the folder of both if they are not there."""
    folder = WHEELS / f"{platform.name}-{program.python}"
    wanted = "\n".join(requirements(platform, program))
    record = folder / "requirements.txt"
    if not record.exists() or record.read_text("utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tags = [argument for tag in platform.tags for argument in ("--platform", tag)]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        only = ["--only-binary=:all:", "--python-version", program.python, "--implementation", "cp", *tags]
        subprocess.run([*pip, *only, "--dest", folder, *wanted.splitlines()], check=True)
        record.write_text(wanted, "utf-8")
    return sorted(folder.glob("*.whl"))


def own_wheel(folder: Path) -> Path:
    """Return the wheel of the packages of this repository, built into `folder`."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)}
    subprocess.run([*pip, "--wheel-dir", folder, ROOT], check=True, env=environment)
    return next(folder.glob("audio2blend-*.whl"))


def unpack(wheel: Path, folder: Path) -> None:
    """Unpack what is used of a wheel, without what libraries for Linux carry for debuggers."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not any(fnmatch(name, pattern) for pattern in UNUSED)]
        archive.extractall(folder, names)
    libraries = [folder / name for name in names if ".so" in Path(name).suffixes]
    if libraries and "manylinux" in wheel.name and (strip := shutil.which("strip")):
        subprocess.run([strip, "--strip-unneeded", *libraries], check=True)


def without_networks(wheel: Path, folder: Path) -> Path:
    """Return a copy of our own wheel in `folder` that Blender itself can do with."""
    target = folder / wheel.name
    with zipfile.ZipFile(wheel) as full, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as light:
        for entry in full.infolist():
            data = full.read(entry)
            if entry.filename.endswith("/RECORD"):
                lines = data.decode().splitlines(keepends=True)
                data = "".join(line for line in lines if not fnmatch(line.partition(",")[0], NETWORKS)).encode()
            if not fnmatch(entry.filename, NETWORKS):
                light.writestr(entry, data)
    return target


def tool() -> list[str]:
    """Return the command line of Blender's own tool for extensions.

    Raises MissingDependencyError if there is neither the `bpy` module nor a Blender.
    """
    if (spec := find_spec("bpy")) and spec.origin:
        found = sorted(Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
        if found:
            return [sys.executable, str(found[-1])]
    return [blender.find().command[0], "--command", "extension"]


def stage(folder: Path) -> None:
    """Lay out in `folder` what goes into every zip."""
    shutil.copytree(ROOT / "addon", folder, ignore=shutil.ignore_patterns("__pycache__"))


def add_packages(folder: Path, own: Path, wheels: Sequence[Path], platform: Platform, program: Blender) -> None:
    """Add to what is laid out what the extension needs on a platform, and say in its manifest where it runs."""
    (folder / "wheels").mkdir()
    light = without_networks(own, folder / "wheels")
    packages = folder / PACKAGES
    for wheel in (own, *wheels):
        unpack(wheel, packages)
    (packages / "python.txt").write_text(program.python, "utf-8")
    manifest = folder / "blender_manifest.toml"
    text = manifest.read_text("utf-8")
    oldest = next(line for line in text.splitlines() if line.startswith("blender_version_min"))
    versions = f'blender_version_min = "{program.oldest}"'
    if program.next is not None:
        versions += f'\nblender_version_max = "{program.next}"'
    head, table, tail = text.replace(oldest, versions).partition("\n[permissions]")
    where = f'platforms = ["{platform.name}"]\nwheels = ["./wheels/{light.name}"]\n'
    manifest.write_text(f"{head}{where}{table}{tail}", "utf-8")


def pack(source: Path, target: Path, log: IO[str] | None) -> Path:
    """Return the zip `target`, built of what is laid out by Blender's tool and accepted by it."""
    for path in source.rglob("*"):
        os.utime(path, (EPOCH, EPOCH))
    command = [*tool(), "build", "--source-dir", source, "--output-filepath", target]
    subprocess.run(command, check=True, stdout=log)
    subprocess.run([*tool(), "validate", target], check=True, stdout=log)
    return target


def bare(target: Path, *, log: IO[str] | None = None) -> Path:
    """Return the zip without packages, built into the folder `target`."""
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        source = Path(scratch) / "audio2blend"
        stage(source)
        return pack(source, target / f"audio2blend-{_version()}.zip", log)


def build(target: Path, platform: Platform, program: Blender, *, log: IO[str] | None = None) -> Path:
    """Return the zip for a platform and some versions of Blender, built into the folder `target` and validated.

    What Blender's tool says goes to `log`. Raises CalledProcessError if pip or that tool says no.
    """
    target.mkdir(parents=True, exist_ok=True)
    name = f"audio2blend-{_version()}-{platform.name.replace('-', '_')}-{program.name}.zip"
    with TemporaryDirectory() as scratch:
        source = Path(scratch) / "audio2blend"
        stage(source)
        add_packages(source, own_wheel(Path(scratch)), download(platform, program), platform, program)
        return pack(source, target / name, log)


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def main(argv: Sequence[str] | None = None) -> None:
    """Build what the arguments name and say where it is, and how large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [platform.name for platform in PLATFORMS]
    programs = [program.name for program in BLENDERS]
    parser.add_argument("--platform", action="append", choices=names, help="only this platform; may be given again")
    parser.add_argument("--for", action="append", choices=programs, help="only this Blender; may be given again")
    parser.add_argument("--bare", action="store_true", help="one zip without packages, for tests")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist", help="folder for the zips (default dist)")
    args = vars(parser.parse_args(argv))
    if args["bare"]:
        _tell(bare(args["output"], log=sys.stderr))
        return
    for program in BLENDERS:
        for platform in program.platforms:
            if platform.name in (args["platform"] or names) and program.name in (args["for"] or programs):
                _tell(build(args["output"], platform, program, log=sys.stderr))


def _tell(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        installed = sum(entry.file_size for entry in archive.infolist())
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {installed / 1e6:.0f} MB when installed")


if __name__ == "__main__":
    main()
