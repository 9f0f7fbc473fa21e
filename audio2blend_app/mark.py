"""Marking files with an id that nobody sees or hears, and reading it."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from audio2blend.errors import InputError
from audio2blend.provenance import marks


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRequest:
    """What is to be marked, or looked into."""

    file: Path
    output: Path | None = None
    """The marked file to write; None to look for a mark."""
    id: int | None = None
    """In [0, 2**24); None for one by chance."""
    key_file: Path | None = None
    """Whose bytes are the key; None for the public one, which proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """The mark of the sound, or of the pictures."""

    stream: str
    id: int
    p_value: float
    """At most this probable without a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReport:
    """What was written or found; its text is what a person reads."""

    file: str
    written: str
    id: int | None
    """Written or found; None where none is sure, or where two marks differ."""
    secret_key: bool
    streams: list[StreamReport]
    exit_code: int = 0

    def __str__(self) -> str:
        if self.written:
            return f"{self.written}: marked with id {self.id}"
        lines = [f"{one.stream}: id {one.id}, by chance at most {one.p_value:.0e}" for one in self.streams]
        key = "this key" if self.secret_key else "the public key, which anybody can use,"
        return "\n".join(
            [f"{self.file}: a mark of {key} is found", *lines] if lines else [f"{self.file}: no mark is sure"]
        )


def run(request: MarkRequest) -> MarkReport:
    """Mark a file, or look for its mark. Raises InputError for a file or a key that cannot be read or written."""
    key = marks.PUBLIC_KEY if request.key_file is None else _key(request.key_file)
    secret = request.key_file is not None
    if request.output is not None:
        identity = secrets.randbelow(1 << marks.ID_BITS) if request.id is None else request.id
        marks.embed(request.file, request.output, identity, key)
        return MarkReport(
            file=str(request.file), written=str(request.output), id=identity, secret_key=secret, streams=[]
        )
    found = marks.detect(request.file, key)
    streams = [
        StreamReport(stream=name, id=one.id, p_value=one.p_value)
        for name, one in (("sound", found.sound), ("picture", found.picture))
        if one is not None
    ]
    ids = {one.id for one in streams}
    return MarkReport(
        file=str(request.file),
        written="",
        id=ids.pop() if len(ids) == 1 else None,
        secret_key=secret,
        streams=streams,
        exit_code=0 if streams else 1,
    )


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise InputError(f"the key {path} cannot be read: {error.strerror}; name a file of random bytes") from None
    if len(key) < 16:
        raise InputError(f"the key {path} has {len(key)} bytes; use at least 16 random ones")
    return key
