"""Phones of a text by espeak-ng, which knows more than a hundred languages.

The library comes with the package espeakng-loader. It is under the GPL, keeps its state in global variables, and is
written in C, where a strange text can end the process. So it runs in a child process, one for each call: that takes
0.1 s, nothing of it is left behind, and a text that it does not survive costs that text alone.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from ..errors import Audio2BlendError, MissingDependencyError
from . import extra

_CHILD: Final = Path(__file__).with_name("espeak_child.py")
_CRASHES: Final = 5
"""Texts that espeak-ng may fail at before it is given up."""
_PATIENCE_S: Final = 120

Request = tuple[str, str]
"""A voice and a text."""


@cache
def voices() -> Mapping[str, str]:
    """Return espeak-ng's voices by BCP 47 tag, in small letters: {"de": "gmw/de", "pt-br": "roa/pt-BR", …}.

    Raises MissingDependencyError if espeak-ng is not installed.
    """
    folder = _data() / "lang"
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        voice = path.relative_to(folder).as_posix()
        names = [(path.name, 9)]  # a file's own name counts where no voice claims it
        for line in path.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("language "):
                _, tag, *priority = line.split("//")[0].split()
                names.append((tag, int(priority[0]) if priority else 5))
        for tag, rank in names:
            found[tag.lower()] = min(found.get(tag.lower(), (99, "")), (rank, voice))
    return {tag: voice for tag, (_, voice) in sorted(found.items())}


def phones(requests: Iterable[Request]) -> dict[Request, str]:
    """Return the phones of each text in IPA, as espeak-ng says it in a voice; words are separated by spaces.

    A text that espeak-ng has nothing to say to, or fails at, gets "".

    Raises MissingDependencyError if espeak-ng is not installed or does not start.
    """
    unique = list(dict.fromkeys(requests))
    out: dict[Request, str] = {}
    crashes = 0
    while len(out) < len(unique):
        waiting = unique[len(out) :]
        answers = _run(waiting)
        out |= dict(zip(waiting, answers, strict=False))
        if len(answers) < len(waiting):
            crashes += 1
            if crashes > _CRASHES:
                raise MissingDependencyError(f"espeak-ng crashes again and again; {extra.CURE}")
            out[waiting[len(answers)]] = ""
    return out


def _run(requests: list[Request]) -> list[str]:
    """Return the answers until the child ended: fewer than requests if it crashed."""
    import espeakng_loader

    data = _data()
    command = [sys.executable, "-P", str(_CHILD), espeakng_loader.get_library_path(), str(data)]
    try:
        done = subprocess.run(
            command,
            input="".join(json.dumps(request) + "\n" for request in requests).encode(),
            capture_output=True,
            timeout=_PATIENCE_S + len(requests) / 100,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Audio2BlendError("espeak-ng takes too long to read the text; split it") from None
    ready, *answers = done.stdout.decode().splitlines() or [""]
    if not ready:
        log = " ".join(done.stderr.decode(errors="replace").split()[-30:])
        raise MissingDependencyError(f"espeak-ng does not start ({log or done.returncode}); {extra.CURE}")
    return [json.loads(line) or "" for line in answers]


def _data() -> Path:
    extra.require("espeakng_loader", "turning text into phones")
    import espeakng_loader

    return Path(espeakng_loader.get_data_path())
