"""What stands for a recording's names in the name of a file."""

import re
from pathlib import Path
from typing import Final

MARKS: Final = ("{stem}", "{parent}", "{character}")


def filled(template: str, recording: Path, character: str = "{character}") -> str:
    """Return a template with names in place of its marks.

    {stem} is the recording's name without its suffix, {parent} the name of its folder, {character} who says it.
    """
    names = dict(zip(MARKS, (recording.stem, recording.resolve().parent.name, character), strict=True))
    return re.sub("|".join(map(re.escape, MARKS)), lambda mark: names[mark[0]], template)
