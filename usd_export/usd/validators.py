"""Those who know the rules of USD: Pixar's validators, which come with usd-core, and NVIDIA's, which is optional."""

import logging
from pathlib import Path
from typing import Final

from pxr import Usd, UsdValidation

from ..outcome import Finding, Outcome, Severity
from .playback import opened

_TEXT_RULE: Final = "UsdAsciiPerformanceChecker"
"""It fails every text file that holds more than 64 values, as any face does, and what lies over such a file: whoever
writes .usda wants text."""


def pixar(path: Path) -> Outcome:
    """Return what the validators of OpenUSD find."""
    stage = opened(path)
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    kinds: dict[object, Severity] = {
        UsdValidation.ValidationErrorType.Warn: "warning",
        UsdValidation.ValidationErrorType.Info: "info",
    }
    findings = [
        Finding(
            kinds.get(error.GetType(), "error"), error.GetMessage(), str(error.GetIdentifier()), _sites(error)
        )
        for error in context.Validate(stage)
    ]  # fmt: skip
    version = ".".join(str(part) for part in Usd.GetVersion()[1:])
    return Outcome(name=f"OpenUSD {version}", findings=tuple(findings))


def _sites(error: UsdValidation.ValidationError) -> str:
    places = []
    for site in error.GetSites():
        if site.IsProperty():
            places.append(str(site.GetProperty().GetPath()))
        elif site.IsPrim():
            places.append(str(site.GetPrim().GetPath()))
    return ", ".join(places)


def omniverse(path: Path) -> Outcome:
    """Return what NVIDIA's asset validator finds, where it is installed."""
    name = "Omniverse asset validator"
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)  # it reports how it loads itself
    try:
        from omni.asset_validator import IssueSeverity, ValidationEngine, get_version

        kinds: dict[object, Severity] = {
            IssueSeverity.ERROR: "error", IssueSeverity.FAILURE: "error", IssueSeverity.WARNING: "warning",
        }  # fmt: skip
        found = ValidationEngine().validate(str(path.absolute())).issues()
    except ImportError:
        return Outcome(name=name, not_run="it is not installed; run: pip install omniverse-asset-validator")
    finally:
        logging.disable(level)
    findings = []
    for issue in found:
        rule = getattr(issue.rule, "__name__", "")
        severity = kinds.get(issue.severity, "info")
        if rule == _TEXT_RULE:
            severity = "info"
        place = issue.at.as_str() if hasattr(issue.at, "as_str") else str(issue.at or "")
        findings.append(Finding(severity, str(issue.message), rule, place))
    return Outcome(name=f"{name} {get_version()}", findings=tuple(findings))
