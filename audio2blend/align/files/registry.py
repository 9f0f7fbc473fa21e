"""Reading and writing alignments: the format is found by suffix and, where several share one, by content."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from ... import plugins
from ...errors import InputError
from ...files import draft, local
from ...text.readers.decoding import content
from ..alignment import Alignment
from .format import AlignmentFormat
from .settle import settle
from .source import FormatError, Source

_MOHO_RATE: Final = Fraction(24)
_BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What a parser meets in a file that is not what it should be."""


@cache
def formats() -> tuple[AlignmentFormat, ...]:
    """Return all formats that are installed, ours first, in the order of their names.

    Those that cannot be loaded are left out.
    """
    found: list[AlignmentFormat] = list(plugins.load_all("alignments").values())
    return tuple(found)


def suffixes(*, written: bool = False) -> tuple[str, ...]:
    """Return the suffixes that can be read, or those that can be written, in small letters."""
    return tuple(
        dict.fromkeys(
            suffix
            for form in formats()
            if (form.render if written else form.parse) is not None
            for suffix in ((written and form.written_as) or form.suffixes)
        )
    )


def read(
    path: str | Path,
    *,
    speaker: str | None = None,
    frame_rate: Fraction = _MOHO_RATE,
    sound_s: float | None = None,
) -> Alignment:
    """Return the alignment that a file of any known kind holds.

    Phones are named in IPA, whether the file has IPA or ARPAbet; a diphthong stays one phone. Runs of phones outside
    of all words become words whose text is "". Words of the text that the file has no time for last 0 s, with
    confidence 0, and are reported as problems.

    Args:
        path: the file; see docs/alignment-files.md for the kinds.
        speaker: whose words to take, from a file that tells speakers apart; by default everybody's, if they take turns.
        frame_rate: frames per second of Moho's .dat files, which do not say it.
        sound_s: length of the recording in seconds; None if it is not at hand.

    Raises:
        InputError: if it is missing, of no known kind, broken, or its times are impossible or go beyond the sound; the
            sentence says where.
    """
    path = local(path)
    form, source = _opened(path, frame_rate)
    assert form.parse is not None
    try:
        return settle(form.parse(source), name=form.name, speaker=speaker, sound_s=sound_s)
    except FormatError as error:
        raise _refused(path, error) from None
    except InputError:
        raise
    except _BROKEN:
        raise InputError(f"{path}: no whole {form.title}; export it again") from None


def write(alignment: Alignment, path: str | Path) -> Path:
    """Write an alignment in the format that the suffix of `path` names, and return the path.

    What each format keeps is in docs/alignment-files.md; .json keeps everything. Raises InputError if no format has
    the suffix, or the file cannot be written.
    """
    path = local(path)
    text = renderer(path)(alignment, path.stem)
    with draft(path) as target:
        target.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return path


def renderer(path: Path) -> Callable[[Alignment, str], str]:
    """Return what makes a file's text of an alignment and a name. Raises InputError if no format has the suffix."""
    name = path.name.lower()
    suffix = max((one for one in suffixes(written=True) if name.endswith(one)), key=len, default="")
    for form in formats():
        if form.render is not None and suffix in (form.written_as or form.suffixes):
            return form.render
    known = ", ".join(suffixes(written=True))
    raise InputError(f"{path}: no '{path.suffix}' file holds an alignment; name a file that ends in {known}")


def _opened(path: Path, frame_rate: Fraction) -> tuple[AlignmentFormat, Source]:
    """Return a file's format and its text."""
    candidates = [form for form in formats() if form.parse is not None and path.suffix.lower() in form.suffixes]
    if not candidates:
        raise InputError(
            f"{path}: no alignment is read from a '{path.suffix}' file; name one that ends in {', '.join(suffixes())}"
        )
    if not content(path).strip():
        raise InputError(f"{path}: an empty file; export it again")
    source = Source(path, frame_rate)
    try:
        form = next((form for form in candidates if _is(form, source)), None)
    except FormatError as error:
        raise _refused(path, error) from None
    if form is None:
        raise InputError(f"{path}: of none of the kinds that are known: {', '.join(form.title for form in candidates)}")
    return form, source


def _is(form: AlignmentFormat, source: Source) -> bool:
    try:
        return form.recognises(source)
    except (FormatError, InputError):
        raise
    except _BROKEN:
        return False


def _refused(path: Path, error: FormatError) -> InputError:
    return InputError(f"{path}, {error}" if error.place else f"{path}: {error}")
