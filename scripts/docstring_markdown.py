"""For `make docs`: examples and formulas of docstrings become code blocks; Markdown knows neither `>>>` nor LaTeX."""

import re
from typing import Any, Final

from griffe import Extension, Object

_EXAMPLE: Final = re.compile(r"^>>>.*(?:\n(?!\s*$).*)*", re.MULTILINE)  # with all that follows, up to an empty line
_FORMULA: Final = re.compile(r"^\.\. math::\s*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)


def markdown(docstring: str) -> str:
    """Return a docstring with its examples and formulas fenced."""
    docstring = _EXAMPLE.sub(lambda found: f"```pycon\n{found[0]}\n```", docstring)
    docstring = _FORMULA.sub(lambda found: f"```tex\n{found[1]}\n```", docstring)
    return docstring.replace(":math:`", "`")


class DocstringMarkdown(Extension):
    """Changes every docstring as it is read."""

    def on_instance(self, *, obj: Object, **kwargs: Any) -> None:
        """Change one, before it is parsed."""
        if obj.docstring:
            obj.docstring.value = markdown(obj.docstring.value)
