"""The formats and their options on the command line."""

import argparse
from typing import Any

from audio2blend.errors import InputError
from usd_export.format import Choice, choices
from usd_export.registry import formats


def table(*, both_ways: bool = False) -> str:
    """Return the formats that can be written, a line each, for help; `both_ways` says which can be read as well."""
    width = max(len(form.suffix) for form in formats())
    lines = [
        f"  {form.suffix:<{width}}  {form.title}, {form.purpose}"
        + (" (needs Blender)" if form.needs_blender else "")
        + (" (also read)" if both_ways and form.reader else "")
        for form in formats()
    ]
    arkit = " ".join(form.suffix for form in formats() if form.keeps_arkit)
    return "\n".join(
        [
            "formats, by suffix:",
            *lines,
            f"With --rig, curve files contain the rig's own channels; always ARKit's are in {arkit}.",
        ]
    )


def configure(parser: argparse._ActionsContainer) -> None:
    """Add a flag for every option of every format; formats whose options share a name share the flag."""
    for choice in _offered().values():
        about = f"{choice.help} (default {_defaults(choice)})"
        flag = _flag(choice)
        if choice.parse is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=about)
        elif choice.choices:
            parser.add_argument(flag, choices=choice.choices, help=about)
        else:
            parser.add_argument(flag, metavar=choice.metavar, help=about)


def chosen(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options that were given, by name. Raises InputError for a text that is no value of its option."""
    given = {name: (choice, getattr(args, name)) for name, choice in _offered().items()}
    return {name: _parsed(choice, value) for name, (choice, value) in given.items() if value is not None}


def _offered() -> dict[str, Choice]:
    out: dict[str, Choice] = {}
    for form in formats():
        for choice in choices(form.options):
            out.setdefault(choice.name, choice)
    return out


def _defaults(choice: Choice) -> str:
    """Return an option's default and, where formats that share it have others, in which."""
    defaults: dict[str, list[str]] = {}
    for form in formats():
        for one in choices(form.options):
            if one.name == choice.name:
                text = "x".join(map(str, one.default)) if isinstance(one.default, tuple) else str(one.default)
                defaults.setdefault(text, []).append(form.suffix)
    if len(defaults) == 1:
        return next(iter(defaults))
    return ", ".join(f"{text} in {' '.join(suffixes)}" for text, suffixes in defaults.items())


def _flag(choice: Choice) -> str:
    return f"--{choice.name.replace('_', '-')}"


def _parsed(choice: Choice, value: Any) -> Any:
    if not isinstance(value, str) or choice.choices:
        return value
    flag = _flag(choice)
    try:
        return choice.parse(value)
    except InputError as error:
        raise InputError(f"{flag} {error}") from None
    except ValueError:
        raise InputError(
            f"{flag} '{value}' is no {choice.parse.__name__}; give a value such as {choice.default}"
        ) from None
