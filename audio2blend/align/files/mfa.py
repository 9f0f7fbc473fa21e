"""The Montreal Forced Aligner's JSON, which is praatio's: the tiers of a TextGrid."""

from collections.abc import Iterator
from typing import Any, Final

from ...intervals import Interval
from .format import AlignmentFormat, Parsed
from .source import Source
from .tiers import Tier, entries


def recognises(source: Source) -> bool:
    """Return whether it has tiers."""
    return isinstance(source.json, dict) and isinstance(source.json.get("tiers"), (dict, list))


def parse(source: Source) -> Parsed:
    """Return the words and phones of the tiers."""
    data = source.json
    end = data.get("end", data.get("xmax"))
    return Parsed(entries=entries(_tiers(data["tiers"])), duration_s=None if end is None else float(end), aligner="mfa")


def _tiers(tiers: dict[str, Any] | list[Any]) -> Iterator[Tier]:
    """Yield tiers of intervals: by name, or, as praatio also writes them, in a list."""
    named = tiers.items() if isinstance(tiers, dict) else [(tier["name"], tier) for tier in tiers]
    for name, tier in named:
        if tier.get("type", tier.get("class")) in ("interval", "IntervalTier"):
            intervals = [Interval(str(label), float(start), float(end)) for start, end, label in tier["entries"]]
            yield Tier(name=str(name), intervals=intervals)


MFA: Final = AlignmentFormat(
    name="mfa", title="Montreal Forced Aligner JSON", suffixes=(".json",), parse=parse, recognises=recognises
)
