"""A real Blender with a window, for tests and for the pictures in docs/: Debian's newest, in a folder of its own.

`.venv/bin/python scripts/blender_window.py` prepares it once, in ~/.cache/audio2blend/debian-sid or in the folder
that AUDIO2BLEND_WINDOW names: a minimal Debian sid with Blender, 1.7 GB. Wants Linux, root and some Debian packages,
which it installs where apt-get is there. Nothing stays mounted: what is bound into the folder is seen by nobody but
the programs in it, and gone when they are.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

VARIABLE: Final = "AUDIO2BLEND_WINDOW"
"""Environment variable that names the folder."""
TOOLS: Final = {"debootstrap": "debootstrap", "Xvfb": "xvfb", "import": "imagemagick", "xdotool": "xdotool"}
"""Programs of this machine, with their packages on Debian."""
PACKAGES: Final = (
    *("blender", "python3-numpy", "python3-cattr", "python3-requests", "python3-zstandard"),
    *("libgl1", "libegl1", "libegl-mesa0", "libgl1-mesa-dri"),
)
"""Packages of the Debian in the folder; without numpy and cattr Blender's extensions are dead."""
APT: Final = ("apt-get", "-qq", "-o", "Acquire::Check-Valid-Until=false")
"""Mirrors of a Debian that changes each day are often behind; what they hold is as good as it was."""
LOCKED: Final = "Could not get lock"
LOCKED_S: Final = 120
"""How long another program may hold apt's lock."""
BOUND: Final = ("/dev", "/dev/shm", "/proc", "/sys", "/tmp/.X11-unix")
"""What a program in the folder sees of this machine, besides the folders it is to work in."""
ENTER: Final = """
root=$1; shift
while [ "$1" != -- ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; shift; done; shift
exec chroot "$root" "$@"
"""
PROGRAM: Final = Path(__file__).with_name("in_blender_window.py")
REDRAW: Final = """
window = bpy.context.window_manager.windows[0]
for area in window.screen.areas:
    area.tag_redraw()
with bpy.context.temp_override(window=window):
    bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
"""
START_S: Final = 120
ANSWER_S: Final = 120


class PreparationError(Exception):
    """No folder could be made; the text says why, in one sentence."""


def folder() -> Path:
    """Return where the Debian is or will be."""
    return Path(os.environ.get(VARIABLE) or "~/.cache/audio2blend/debian-sid").expanduser()


def why_not() -> str:
    """Return why there is no Blender with a window here, in one sentence with its cure; empty where there is."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a Blender with a window is prepared on Linux, by root, only"
    if missing := [package for program, package in TOOLS.items() if shutil.which(program) is None]:
        return f"programs are missing; apt-get install {' '.join(missing)}"
    if not (folder() / "ready").exists():
        return "no Blender with a window was prepared; run scripts/blender_window.py"
    return ""


def prepare() -> None:
    """Make the folder, if it is not there. Raises PreparationError if a package cannot be had."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise PreparationError(why_not())
    if missing := [package for program, package in TOOLS.items() if shutil.which(program) is None]:
        apt("update")
        apt("install", "-y", "--no-install-recommends", *missing)
    root = folder()
    if (root / "ready").exists():
        return
    shutil.rmtree(root, ignore_errors=True)  # what an interrupted run has left; nothing is ever mounted in it
    root.mkdir(parents=True)
    _call(["debootstrap", "--variant=minbase", "sid", str(root)])
    apt("update", inside=True)
    apt("install", "-y", "--no-install-recommends", *PACKAGES, inside=True)
    apt("clean", inside=True)
    (root / "ready").touch()


def apt(*arguments: str, inside: bool = False) -> None:
    """Run apt-get on this machine, or inside the folder, as soon as no other program holds its lock.

    Raises PreparationError with what apt says.
    """
    command = [*APT, *arguments]
    end = time.monotonic() + LOCKED_S
    while True:
        try:
            return _call(entering(command) if inside else command)
        except PreparationError as error:
            # apt's own option to wait is for installing alone, not for its lists.
            if LOCKED not in str(error) or time.monotonic() > end:
                raise
        print("another program holds apt's lock; waiting for it", file=sys.stderr)
        time.sleep(2)


def _call(command: Sequence[str]) -> None:
    """Run a command and let it say what it says. Raises PreparationError with its last complaint."""
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=env, stderr=subprocess.PIPE, text=True, errors="replace")
    sys.stderr.write(done.stderr)
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line.removeprefix("E: ") for line in said if line.startswith("E: ")]
        raise PreparationError("; ".join(errors or said[-1:]) or f"{command[0]} ended with {done.returncode}")


def entering(command: Sequence[str], *, bound: Sequence[Path] = ()) -> list[str]:
    """Return the command line that runs a command in the folder, with more folders of this machine in the same place.

    The mounts belong to the command alone: they end with it, however it ends.
    """
    Path("/tmp/.X11-unix").mkdir(exist_ok=True)
    places = [*BOUND, *map(str, bound)]
    return [
        *("unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER, "sh", str(folder())),
        *places, "--", *command,
    ]  # fmt: skip


class BlenderWindow:
    """A Blender that runs on a screen of its own, which a program can drive as a person would.

    Use it as a context manager. `work` is a folder that Blender sees under the same name: files to open, its settings
    (in `work/user`) and what it writes.
    """

    def __init__(self, work: Path, *, size: tuple[int, int] = (1600, 1200)) -> None:
        """Prepare to start; `size` is the screen's and the window's, in pixels."""
        self.work = work
        self.size = size
        self._count = 0
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Start the screen and Blender, and wait for its first answer."""
        self._letters = TemporaryDirectory(dir=self.work, prefix="letters-")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End both."""
        for process in reversed(self._started):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._letters.cleanup()

    def _start(self) -> None:
        size = "{}x{}x24".format(*self.size)
        read, write = os.pipe()
        screen = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
        with (self.work / "screen.log").open("wb") as log:
            self._started.append(subprocess.Popen(screen, pass_fds=[write], stderr=log, start_new_session=True))
        os.close(write)
        with os.fdopen(read) as said:
            self.display = f":{said.readline().strip()}"
        arguments = [
            *("blender", "--factory-startup", "-noaudio", "--window-geometry", "0", "0", *map(str, self.size)),
            *("--python-exit-code", "1", "--python", str(PROGRAM), "--", self._letters.name),
        ]
        env = {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "DISPLAY": self.display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "HOME": str(self.work),
            "LANG": "C.UTF-8",
            "BLENDER_USER_RESOURCES": str(self.work / "user"),
        }
        command = entering(arguments, bound=[self.work, PROGRAM.parent])
        with (self.work / "blender.log").open("wb") as log:
            self._started.append(
                subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            )
        self.run("None", within_s=START_S)

    def run(self, expression: str, *, within_s: float = ANSWER_S) -> Any:
        """Return the value, as JSON carries it, of a Python expression inside Blender; see `do` for statements.

        Raises RuntimeError with Blender's traceback, or its log if it does not answer.
        """
        return self.do(f"answer = {expression}", within_s=within_s)

    def do(self, code: str, *, within_s: float = ANSWER_S) -> Any:
        """Run statements inside Blender, in its main thread, and return what they assign to `answer`, or None."""
        self._count += 1
        letter = Path(self._letters.name) / f"{self._count}.py"
        draft = letter.with_suffix(".draft")
        draft.write_text(code, "utf-8")
        draft.rename(letter)
        reply = letter.with_suffix(".json")
        end = time.monotonic() + within_s
        while not reply.exists():
            if time.monotonic() > end or self._started[-1].poll() is not None:
                log = (self.work / "blender.log").read_text("utf-8", errors="replace")[-3000:]
                raise RuntimeError(f"Blender did not answer to\n{code}\nIts log ends with\n{log}")
            time.sleep(0.02)
        answer = json.loads(reply.read_text("utf-8"))
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def wait(self, expression: str, *, within_s: float = ANSWER_S) -> Any:
        """Return the value of an expression inside Blender as soon as it is true. Raises RuntimeError if it is late."""
        end = time.monotonic() + within_s
        while not (value := self.run(expression)):
            if time.monotonic() > end:
                raise RuntimeError(f"not in {within_s:g} s: {expression}")
            time.sleep(0.1)
        return value

    def point(self, x: int, y: int) -> None:
        """Move the mouse to a pixel, counted from the upper left."""
        self._x("mousemove", str(x), str(y))

    def click(self, x: int, y: int) -> None:
        """Click on a pixel."""
        self._x("mousemove", str(x), str(y))
        time.sleep(0.5)  # Blender lights up what is under the mouse before it takes a click
        self._x("click", "1")

    def key(self, *names: str) -> None:
        """Press keys, such as "Escape" or "ctrl+z"."""
        self._x("key", *names)

    def redraw(self) -> None:
        """Draw the whole window now, twice, since what opens in it moves the first time."""
        self.do(REDRAW)
        time.sleep(0.5)  # whatever glides comes to rest
        self.do(REDRAW)

    def picture(self, path: Path, *, area: tuple[int, int, int, int] | None = None) -> None:
        """Write a PNG of the screen, or of an area of it: left, top, width, height in pixels."""
        self.redraw()
        crop = ["-crop", "{2}x{3}+{0}+{1}".format(*area), "+repage"] if area else []
        subprocess.run(["import", "-display", self.display, "-window", "root", *crop, str(path)], check=True)

    def _x(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, env=os.environ | {"DISPLAY": self.display})


if __name__ == "__main__":
    try:
        prepare()
    except PreparationError as error:
        print(f"blender_window: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"{folder()}: ready")
