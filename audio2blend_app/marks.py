"""What stands for the names of a recording, or of a file of curves, in the name of a file."""

import re
from pathlib import Path
from typing import Final

from usd_export.registry import stem_of

MARKS: Final = ("{stem}", "{parent}", "{character}")


def filled(template: str, recording: Path, character: str = "{character}") -> str:
    """Return a template with names in place of its marks.

    {stem} is the recording's name without its suffix, {parent} the name of its folder, {character} who says it.
    """
    names = dict(zip(MARKS, (stem_of(recording), recording.resolve().parent.name, character), strict=True))
    return re.sub("|".join(map(re.escape, MARKS)), lambda mark: names[mark[0]], template)
