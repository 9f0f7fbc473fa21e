"""Profiles: data with a date and sources, each rule of which can fail."""

from datetime import date
from typing import get_args

import pytest

from usd_export import formats
from usd_export.contents import Contents, Fact
from usd_export.outcome import Severity
from usd_export.validation.demands import Rule, profile, profiles

RULES = [(name, rule) for name in profiles() for rule in profile(name).rules]


def test_there_are_four() -> None:
    assert profiles() == ("quicklook", "unity", "unreal", "web")


@pytest.mark.parametrize("name", profiles())
def test_each_is_dated_and_takes_files_that_are_written(name: str) -> None:
    found = profile(name)
    assert found.written >= date(2026, 11, 1)
    written = {form.suffix for form in formats()} | {suffix for form in formats() for suffix in form.sources}
    assert {*found.suffixes} <= written
    assert {suffix for rule in found.rules for suffix in rule.suffixes} <= {*found.suffixes}


def broken(rule: Rule) -> Fact:
    """Return what a rule forbids."""
    if rule.among is not None:
        return ("something else",)
    if rule.equals is not None:
        return (not rule.equals) if isinstance(rule.equals, bool) else "something else"
    return rule.at_most * 2 + 1 if rule.at_most is not None else (rule.at_least or 1) / 2


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[f"{name}-{rule.fact}" for name, rule in RULES])
def test_each_rule_has_a_source_and_says_what_is_wrong(name: str, rule: Rule) -> None:
    assert rule.source.startswith("https://")
    assert rule.severity in get_args(Severity)
    suffix = (rule.suffixes or profile(name).suffixes)[0]
    outcome = profile(name).outcome(suffix, Contents(facts={rule.fact: broken(rule)}))
    told = [finding for finding in outcome.findings if finding.place == rule.source]
    assert told
    assert "{found}" not in told[0].message


def test_a_file_of_another_kind_fails_with_what_to_write() -> None:
    outcome = profile("quicklook").outcome(".glb", Contents())
    assert outcome.verdict == "fail"
    assert outcome.findings[0].message == "AR Quick Look takes no .glb files; write a .usdz"
