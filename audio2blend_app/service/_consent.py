"""Whether the extension may have something made: the gate, by what it tells of the scene and of who speaks."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..permission import Asked, Permission, permit


def permission(
    consent: Mapping[str, str], work: Sequence[tuple[Path, Iterable[Path]]], *, language: str = ""
) -> Permission:
    """Return the permission to make files of recordings, `work`.

    `consent` has the "folder" of the scene's file, "" for one that is not saved, and "speaker", as the register has
    them. Raises ConsentError if they have not agreed, and InputError as `permit` does.
    """
    here = work[0][0].parent if work else Path()
    asked = Asked(folder=Path(consent.get("folder") or here), speaker=consent.get("speaker", ""))
    return permit(asked, work, language=language)
