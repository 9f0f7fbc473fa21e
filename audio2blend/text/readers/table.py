"""Tables of lines: .csv, .tsv and the first sheet of an .xlsx, whose first row names the columns."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from ...errors import InputError
from ...wording import listed
from ..safe_xml import XMLError, tree
from .decoding import decoded
from .line import Line
from .zipped import Archive

_COLUMNS: Final = {
    "text": ("text", "line", "dialogue", "dialog", "transcript", "sentence"),
    "file": ("file", "filename", "recording", "audio", "wav", "sound", "path"),
    "language": ("language", "lang", "locale"),
    "speaker": ("character", "speaker", "role", "actor", "name", "voice"),
    "start_s": ("start", "start_s", "in"),
    "end_s": ("end", "end_s", "out"),
}
_MOST_COLUMNS: Final = 16384
"""As many as a sheet may have."""
_STRINGS: Final = "xl/sharedStrings.xml"
_CELL: Final = re.compile(r"([A-Z]{1,3})(\d+)")

Rows = Iterator[tuple[int, Sequence[str]]]
"""The number of each row, from 1, and its cells."""


def read(path: Path) -> list[Line]:
    """Return the rows of a table as lines. Raises InputError, naming the columns found, if none holds the text."""
    rows = _sheet(path) if path.suffix.lower() == ".xlsx" else _separated(path)
    out: list[Line] = []
    columns: dict[str, int] | None = None
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(path, cells)
            continue
        values = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        if not values.get("text"):
            continue
        out.append(
            Line(
                text=values["text"],
                place=f"row {number}",
                speaker=values.get("speaker", ""),
                start_s=_seconds(path, number, values.get("start_s", "")),
                end_s=_seconds(path, number, values.get("end_s", "")),
                language=values.get("language", ""),
                file=values.get("file", ""),
            )
        )
    return out


def _columns(path: Path, cells: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in cells]
    found = {
        field: names.index(name)
        for field, all_names in _COLUMNS.items()
        for name in reversed(all_names)
        if name in names
    }
    if "text" not in found:
        seen = listed(cell.strip()[:30] for cell in cells if cell.strip())
        raise InputError(f'{path} has no column "text" in its first row, which is: {seen}; name the columns there')
    return found


def _seconds(path: Path, row: int, text: str) -> float | None:
    if not text:
        return None
    try:
        parts = [float(part.replace(",", ".")) for part in text.split(":")]
    except ValueError:
        parts = []
    if not 1 <= len(parts) <= 3 or any(not 0 <= part < 1e6 for part in parts):
        raise InputError(f"{path}, row {row}: {text[:30]!r} is no time in seconds") from None
    return float(sum(part * 60**power for power, part in enumerate(reversed(parts))))


def _separated(path: Path) -> Rows:
    text = decoded(path)
    heading = text.lstrip("\n").partition("\n")[0]
    mark = "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=heading.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=mark)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}; save the table again") from None


def _sheet(path: Path) -> Rows:
    archive = Archive(path)
    sheets = [name for name in archive.names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
    if not sheets:
        raise archive.error("there is no sheet in it; save it as .xlsx or .csv")
    strings = []
    if _STRINGS in archive.names:
        strings = [
            "".join(part.text or "" for part in entry.iter("t")) for entry in _root(archive, _STRINGS).iter("si")
        ]
    sheet = _root(archive, min(sheets, key=lambda name: (len(name), name)))  # sheet2 comes before sheet10
    for count, row in enumerate(sheet.iter("row"), 1):
        number = row.get("r", "")
        cells: list[str] = []
        for cell in row.iter("c"):
            at = _column(cell.get("r", ""), len(cells))
            if at >= _MOST_COLUMNS:
                raise InputError(f"{path}, row {count}: cell {cell.get('r')} lies outside of any sheet")
            cells += [""] * (at + 1 - len(cells))
            value = next((part.text or "" for part in cell.iter("v")), "")
            if cell.get("t") == "inlineStr":
                value = "".join(part.text or "" for part in cell.iter("t"))
            elif cell.get("t") == "s":
                value = strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
            cells[at] = value
        yield int(number) if number.isdecimal() and len(number) < 9 else count, cells


def _root(archive: Archive, name: str) -> Element:
    try:
        return tree(archive.part(name))
    except XMLError as error:
        raise archive.error(f"{name} cannot be read ({error}); save it again, or as .csv") from None


def _column(cell: str, default: int) -> int:
    match = _CELL.fullmatch(cell)
    if match is None:
        return default
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
