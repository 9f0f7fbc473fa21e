"""The page on which raters rate: one file beside the videos, which fetches nothing else and sends nothing.

Its script and style are allowed by their hashes in its Content-Security-Policy. It holds anonymous names alone.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from string import Template

from .plan import Plan


def render(plan: Plan, places: Mapping[str, str]) -> str:
    """Return the page of a plan as HTML; `places` are the addresses of the videos, by their anonymous names."""
    data = {"panel": plan.panel, "places": places, "trials": plan.trials}
    script, style = _file("page.js"), _file("page.css")
    policy = (
        f"default-src 'none'; script-src {_hashed(script)}; style-src {_hashed(style)}; "
        "media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")
    return Template(_file("page.html")).substitute(
        policy=policy, style=style, script=script, data=text, raters=len(plan.trials)
    )


def _file(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


def _hashed(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
