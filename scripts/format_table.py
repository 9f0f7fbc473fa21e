"""The table of formats in docs/formats.md, from what is registered: `python scripts/format_table.py` writes it anew."""

import re
from pathlib import Path

from usd_export import Format, formats

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"


def format_table() -> str:
    """Return a Markdown table with a row for every format of this project."""
    rows = [
        "| suffix | what it is | face | reads back | loses | default rate |",
        "|---|---|---|---|---|---|",
        *(_row(form) for form in formats()),
    ]
    return "\n".join(rows) + "\n"


def _row(form: Format) -> str:
    what = f"{form.title}, {form.purpose}" + ("; needs Blender" if form.needs_blender else "")
    rate = f"{form.frame_rate}{', always' * form.fixed_rate}" if form.frame_rate else "the clip's"
    return f"| `{form.suffix}` | {what} | {_yes(form.needs_rig)} | {_yes(bool(form.reader))} | {form.loses} | {rate} |"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    PAGE.write_text(re.sub(r"\| suffix \|.*?\n(?=\n)", format_table(), text, count=1, flags=re.DOTALL), "utf-8")
