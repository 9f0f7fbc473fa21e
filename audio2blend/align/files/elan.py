"""ELAN's .eaf: tiers of annotations that hang on time slots or on one another."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from ...intervals import Interval
from ..alignment import Alignment
from .format import AlignmentFormat, Parsed
from .source import FormatError, Source
from .tiers import PHONES, WORDS, Tier, entries, of_alignment

Element = ElementTree.Element
_SCHEMA: Final = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


def parse(source: Source) -> Parsed:
    """Return the words and phones of the tiers; a tier without a name that is known may name its PARTICIPANT."""
    root = source.xml
    if root.tag != "ANNOTATION_DOCUMENT":
        raise FormatError("", "no ELAN document; save it again in ELAN")
    if next(iter(root.findall("HEADER")), Element("HEADER")).get("TIME_UNITS", "milliseconds") != "milliseconds":
        raise FormatError("header", "times that are no milliseconds are not read; set ELAN to milliseconds")
    spans = _Spans(root)
    tiers = []
    for tier in root.iter("TIER"):
        intervals = [
            Interval((one.findtext("ANNOTATION_VALUE") or "").strip(), *spans.of(one.get("ANNOTATION_ID", "")))
            for one in _annotations(tier)
        ]
        name, who = tier.get("TIER_ID", ""), tier.get("PARTICIPANT", "")
        tiers.append(
            Tier(
                name=name,
                intervals=sorted(intervals, key=lambda interval: interval.start_s),
                speaker=who if name.casefold() in WORDS | PHONES else "",
            )
        )
    return Parsed(entries=entries(tiers))


def _annotations(tier: Element) -> Iterator[Element]:
    for annotation in tier.iter("ANNOTATION"):
        yield from annotation


class _Spans:
    """Start and end of every annotation, in seconds."""

    def __init__(self, root: Element) -> None:
        slots = [(slot.get("TIME_SLOT_ID", ""), slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")]
        self._slots = {name: int(value) / 1000 for name, value in slots if value is not None}
        self._unset = {name for name, value in slots if value is None}
        self._spans: dict[str, tuple[float, float]] = {}
        self._parent: dict[str, str] = {}
        self._children: dict[str, dict[str, list[str]]] = {}
        """Of each annotation, those that refer to it, by tier."""
        for tier in root.iter("TIER"):
            self._set_free(tier)
            for annotation in _annotations(tier):
                self._enter(annotation, tier.get("TIER_ID", ""))

    def of(self, name: str) -> tuple[float, float]:
        """Return the times of an annotation: its own, or its share of those of the one that it refers to."""
        chain = {name: None}
        at = name
        while at not in self._spans:
            parent = self._parent.get(at)
            if parent is None:
                raise FormatError(f"annotation '{at}'", "referred to, but not there; save the file again in ELAN")
            if parent in chain:
                raise FormatError(f"annotation '{name}'", "refers to itself in a circle; save the file again in ELAN")
            chain[parent] = None
            at = parent
        for parent in reversed([*chain][1:]):
            start, end = self._spans[parent]
            for siblings in self._children[parent].values():
                step = (end - start) / len(siblings)
                for number, child in enumerate(siblings):
                    self._spans[child] = (start + number * step, start + (number + 1) * step)
        return self._spans[name]

    def _enter(self, annotation: Element, tier: str) -> None:
        name = annotation.get("ANNOTATION_ID", "")
        if annotation.tag == "ALIGNABLE_ANNOTATION":
            start, end = (self._time(annotation.get(f"TIME_SLOT_REF{n}", ""), name) for n in (1, 2))
            self._spans[name] = (start, end)
            return
        parent = annotation.get("ANNOTATION_REF", "")
        siblings = self._children.setdefault(parent, {}).setdefault(tier, [])
        before = annotation.get("PREVIOUS_ANNOTATION", "")
        siblings.insert(siblings.index(before) + 1 if before in siblings else len(siblings), name)
        self._parent[name] = parent

    def _time(self, slot: str, name: str) -> float:
        if slot not in self._slots:
            raise FormatError(
                f"annotation '{name}'", f"its time slot '{slot}' has no time; save the file again in ELAN"
            )
        return self._slots[slot]

    def _set_free(self, tier: Element) -> None:
        """Give time slots without a value even times between those of the annotations around them, as ELAN does."""
        run: list[str] = []
        for one in _annotations(tier):
            first, last = one.get("TIME_SLOT_REF1", ""), one.get("TIME_SLOT_REF2", "")
            if first in self._slots:
                run = [first]
            run.append(last)
            if last in self._slots and run[0] in self._slots:
                start, step = self._slots[run[0]], (self._slots[last] - self._slots[run[0]]) / (len(run) - 1)
                for number, slot in enumerate(run[1:-1], 1):
                    if slot in self._unset:
                        self._slots[slot] = start + number * step


def render(alignment: Alignment, _name: str) -> str:
    """Return an ELAN document with a tier of words and one of phones, to the millisecond."""
    ElementTree.register_namespace("xsi", _XSI)
    root = Element(
        "ANNOTATION_DOCUMENT",
        {"AUTHOR": "", "DATE": "1970-01-01T00:00:00+00:00", "FORMAT": "3.0", "VERSION": "3.0",
         f"{{{_XSI}}}noNamespaceSchemaLocation": _SCHEMA},
    )  # fmt: skip
    ElementTree.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    order = ElementTree.SubElement(root, "TIME_ORDER")
    n_slots = n_annotations = 0
    for name, intervals in of_alignment(alignment):
        tier = ElementTree.SubElement(root, "TIER", {"LINGUISTIC_TYPE_REF": "default-lt", "TIER_ID": name})
        for label, start, end in intervals:
            references = {}
            if round(end * 1000) <= round(start * 1000):
                continue
            n_annotations += 1
            for side, time in enumerate((start, end), 1):
                n_slots += 1
                references[f"TIME_SLOT_REF{side}"] = f"ts{n_slots}"
                ElementTree.SubElement(
                    order, "TIME_SLOT", {"TIME_SLOT_ID": f"ts{n_slots}", "TIME_VALUE": str(round(time * 1000))}
                )
            annotation = ElementTree.SubElement(
                ElementTree.SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                {"ANNOTATION_ID": f"a{n_annotations}", **references},
            )
            ElementTree.SubElement(annotation, "ANNOTATION_VALUE").text = "".join(
                character if character.isprintable() else " " for character in label
            )
    ElementTree.SubElement(
        root,
        "LINGUISTIC_TYPE",
        {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": "default-lt", "TIME_ALIGNABLE": "true"},
    )
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


ELAN: Final = AlignmentFormat(name="elan", title="ELAN document", suffixes=(".eaf",), parse=parse, render=render)
