"""What a validator, whoever wrote it, says of a file."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
Verdict = Literal["pass", "warn", "fail", "not run"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found."""

    severity: Severity
    message: str
    """One sentence."""
    rule: str = ""
    """What the validator calls its rule."""
    place: str = ""
    """Where in the file, as the validator names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one validator, or one check of ours, found."""

    name: str
    """Who looked, or at what, in a few words."""
    findings: tuple[Finding, ...] = ()
    not_run: str = ""
    """Why nobody looked, with the cure; "" where somebody did."""

    @property
    def verdict(self) -> Verdict:
        """What it comes to: an error fails, a warning warns."""
        if self.not_run:
            return "not run"
        found = {finding.severity for finding in self.findings}
        return "fail" if "error" in found else "warn" if "warning" in found else "pass"
