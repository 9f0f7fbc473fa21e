"""ffmpeg as a child process that takes or gives bytes, with its failures as one sentence."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

from audio2blend.audio import ffmpeg
from audio2blend.errors import InputError
from audio2blend.files import full_disk


def run(arguments: Sequence[str | Path], what: str) -> str:
    """Run ffmpeg and return its log. Raises InputError, which begins with `what`, or OSError if a disk is full."""
    command = [ffmpeg.program(), "-hide_banner", "-nostdin", "-y", *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False)
    text = done.stderr.decode("utf-8", "replace")
    if done.returncode:
        raise _failed(text, what)
    return text


@contextmanager
def writing(arguments: Sequence[str | Path], what: str) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that hands bytes to ffmpeg's stdin; when the block ends well, so has ffmpeg.

    Raises InputError, which begins with `what`, or OSError if a disk is full.
    """
    with TemporaryFile() as log:
        command = [ffmpeg.program(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
        stdin = process.stdin
        assert stdin is not None

        def write(data: bytes) -> None:
            try:
                stdin.write(data)
            except OSError as error:  # a broken pipe is another error on Windows
                raise BrokenPipeError from error

        try:
            with suppress(BrokenPipeError):  # ffmpeg has ended; its exit code and log say why
                yield write
            with suppress(OSError):
                stdin.close()
            if process.wait() != 0:
                log.seek(0)
                raise _failed(log.read().decode("utf-8", "replace"), what)
        finally:
            process.kill()
            process.wait()
            with suppress(OSError):
                stdin.close()


@contextmanager
def reading(arguments: Sequence[str | Path], size: int, what: str) -> Iterator[Iterator[bytes]]:
    """Yield an iterator over blocks of `size` bytes of what ffmpeg writes to stdout.

    Raises InputError, which begins with `what`, when ffmpeg fails before the block ends.
    """
    with TemporaryFile() as log:
        command = [ffmpeg.program(), "-v", "error", "-nostdin", *map(str, arguments), "pipe:1"]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
        stdout = process.stdout
        assert stdout is not None

        def blocks() -> Iterator[bytes]:
            while len(block := stdout.read(size)) == size:
                yield block
            if process.wait() != 0:
                log.seek(0)
                raise _failed(log.read().decode("utf-8", "replace"), what)

        try:
            yield blocks()
        finally:
            process.kill()
            process.wait()
            stdout.close()


def _failed(log: str, what: str) -> Exception:
    if (error := full_disk(log)) is not None:
        return error
    lines = log.strip().splitlines() or ["no reason given"]
    return InputError(f"{what}: {lines[-1]}")
