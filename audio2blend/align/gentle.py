"""Gentle as an aligner: English, by the HTTP server that it is run as.

R. Ochshorn, M. Hawkins, *Gentle: a robust yet lenient forced aligner built on Kaldi*, 2017.
"""

import io
import os
import secrets
import tempfile
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import soundfile

from ..audio import SAMPLE_RATE, Speech
from ..errors import InputError, MissingDependencyError
from ..posteriors import PhonePosteriors
from ..text import Script
from .alignment import Alignment
from .files import read

SERVER: Final = "AUDIO2BLEND_GENTLE"
"""The environment variable that names the server, where it is not at its usual place …"""
_USUAL: Final = "http://localhost:8765"
"""… which is this."""
_START: Final = "docker run -p 8765:8765 lowerquality/gentle"


def gentle(script: Script, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
    """Return what a running Gentle finds; the recording goes to that server and nowhere else.

    `posteriors` are not used. Words that it does not find last 0 s. Raises MissingDependencyError if nobody answers at
    the address, InputError for another language than English and an answer that is none of Gentle's.
    """
    if script.language.partition("-")[0].lower() != "en":
        raise InputError(f"gentle aligns English alone, and the text is in {script.language}; use builtin")
    server = os.environ.get(SERVER) or _USUAL
    if urlsplit(server).scheme not in ("http", "https"):
        raise InputError(f"{SERVER}={server} is no address of a server; name one such as {_USUAL}")
    text = " ".join(word.text for word in script.words)
    answer = _asked(server, _wave(speech), text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.json"
        path.write_bytes(answer)
        try:
            found = read(path, sound_s=speech.duration_s)
        except InputError as error:
            raise InputError(f"{server} does not answer as Gentle does ({error}); is it another server?") from None
    return replace(found, aligner="gentle", language=script.language, duration_s=speech.duration_s)


def _wave(speech: Speech) -> bytes:
    sound = io.BytesIO()
    soundfile.write(sound, speech.samples, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return sound.getvalue()


def _asked(server: str, sound: bytes, text: str) -> bytes:
    """Return the JSON that the server answers to a form with sound and text."""
    border = secrets.token_hex(16)
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="transcript"\r\n\r\n{text}\r\n'.encode(),
        f'--{border}\r\nContent-Disposition: form-data; name="audio"; filename="line.wav"\r\n'.encode(),
        b"Content-Type: audio/wav\r\n\r\n" + sound + f"\r\n--{border}--\r\n".encode(),
    ]
    kind = {"Content-Type": f"multipart/form-data; boundary={border}"}
    request = Request(f"{server.rstrip('/')}/transcriptions?async=false", b"".join(parts), kind)
    here = urlsplit(server).hostname in ("localhost", "127.0.0.1")
    opener = build_opener(ProxyHandler({})) if here else build_opener()
    try:
        with opener.open(request) as reply:
            return bytes(reply.read())
    except HTTPError as error:
        raise InputError(f"Gentle at {server} failed ({error.code} {error.reason}); see what it prints") from None
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise MissingDependencyError(
            f"no Gentle answers at {server} ({reason}); start one with `{_START}`, or name yours in {SERVER}"
        ) from None
