"""XML from strangers: no document type, so that no entity can grow, and nothing is fetched."""

import xml.parsers.expat
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder


class XMLError(ValueError):
    """A text is no XML, or XML that is not read; the text says what and in which line."""


def parse(
    data: str | bytes,
    *,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    characters: Callable[[str, int], object],
) -> None:
    """Call what stands in XML by its name; characters come with their place in the data, in bytes of UTF-8.

    Names lose their namespace. Raises XMLError if it is malformed or has a document type.
    """
    parser = xml.parsers.expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = False

    def refuse(*_: Any) -> None:
        raise XMLError("it has a document type, which is refused; remove the line <!DOCTYPE …>")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, found: start(_local(name), {_local(k): v for k, v in found.items()})
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = lambda text: characters(text, parser.CurrentByteIndex)
    try:
        parser.Parse(data, True)
    except xml.parsers.expat.ExpatError as error:
        what = xml.parsers.expat.ErrorString(error.code)
        raise XMLError(f"line {error.lineno}, column {error.offset + 1}: {what}") from None
    except (UnicodeError, LookupError):
        raise XMLError("it holds characters that are none, or names an encoding that nobody knows") from None


def tree(data: bytes) -> Element:
    """Return the root of an XML document; names have no namespaces. Raises XMLError as `parse` does."""
    builder = TreeBuilder()
    parse(data, start=builder.start, end=builder.end, characters=lambda text, _: builder.data(text))
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition("}")[2]
