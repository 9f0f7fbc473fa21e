"""Keep a register of who agreed to what: consent that audio2blend asks for before it works.

examples:
  audio2blend consent add narrator --purpose advertising --territory DE --until 2027-12-31 --evidence signed.pdf
      record what the person called narrator signed
  audio2blend consent show narrator
      what they agreed to, what happened to it, and every file that was made under it
  audio2blend consent withdraw narrator
      end it; lists the files to take down

A project that says consent = "required" in its audio2blend.toml animates nobody who has not agreed.
docs/consent.md describes the register.

Exit codes: 0 done, 1 the register is not whole, 2 wrong input, 3 refused.
"""

import argparse
from pathlib import Path
from typing import Any

from audio2blend.provenance.consent.terms import GIVEN_BY, METHODS
from audio2blend.provenance.use import MEDIA, PURPOSES

from .. import consent

_LISTS = (
    ("purpose", "purposes", f"what they agree to: {', '.join(PURPOSES)}, or one of your own, x-…", ()),
    ("medium", "media", f"what of them is used: {', '.join(MEDIA)} (default voice)", ("voice",)),
    ("territory", "territories", "where: DE, EU, … (default worldwide)", ("worldwide",)),
    ("language", "languages", "in which languages: de, en-GB, … (default any)", ("any",)),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    add = actions.add_parser("add", help="record what somebody agrees to, or refuses")
    add.add_argument("speaker", metavar="SPEAKER", help="what you call them; no need to be their name")
    for flag, name, about, default in _LISTS:
        add.add_argument(
            f"--{flag}", action="append", dest=name, metavar=flag.upper(), help=f"{about}; may be repeated",
            **({"default": None} if default else {"required": True}),
        )  # fmt: skip
    add.add_argument("--from", dest="since", metavar="DAY", help="the first day, such as 2026-12-31 (default today)")
    add.add_argument("--until", metavar="DAY", help="the last day (default until it is withdrawn)")
    add.add_argument("--evidence", type=Path, metavar="FILE", help="what they signed, or the recording of their words")
    add.add_argument("--notice", type=Path, metavar="FILE", help="the text that they were shown")
    add.add_argument("--given-by", choices=GIVEN_BY, default="person", help="who agrees (default person)")
    add.add_argument("--method", choices=METHODS, default="signed", help="how they agree (default signed)")
    add.add_argument("--controller", default="", metavar="NAME", help="the company that asks and answers for it")
    for flag, about in (
        ("exclusive", "nobody else may use it so"), ("sublicensing", "it may be passed on"),
        ("training", "models may be trained on it"), ("minor", "they are a minor"), ("deceased", "they have died"),
        ("refused", "they did not agree"),
    ):  # fmt: skip
        add.add_argument(f"--{flag}", action="store_true", help=about)
    add.add_argument("--renews", default="", metavar="RECORD", help="the record that this one takes the place of")
    add.set_defaults(act=_add)
    show = actions.add_parser("show", help="what the register says")
    show.add_argument("name", nargs="?", default="", metavar="SPEAKER", help="a speaker or the id of a record")
    show.set_defaults(act=lambda args: consent.show(consent.ShowRequest(place=_place(args), name=args.name)))
    withdraw = actions.add_parser("withdraw", help="end a consent, and list what was made under it")
    withdraw.add_argument("name", metavar="SPEAKER", help="a speaker, or the id of one record")
    withdraw.set_defaults(
        act=lambda args: consent.withdraw(consent.WithdrawRequest(place=_place(args), name=args.name))
    )
    for action in (add, show, withdraw):
        action.add_argument("--register", type=Path, metavar="FILE", help="the register (default: the project's)")
        action.add_argument("--project", type=Path, metavar="FILE", help="an audio2blend.toml elsewhere")
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def run(args: argparse.Namespace) -> Any:
    """Run the action and return its report."""
    return args.act(args)


def _place(args: argparse.Namespace) -> consent.Place:
    return consent.Place(register=args.register, project=args.project)


def _add(args: argparse.Namespace) -> consent.ConsentReport:
    names = ("given_by", "method", "controller", "exclusive", "sublicensing", "training", "minor", "deceased")
    terms: dict[str, Any] = {name: getattr(args, name) for name in names}
    terms |= {name: getattr(args, name) or list(default) for _, name, _, default in _LISTS}
    terms |= {name: getattr(args, name) for name in ("since", "until") if getattr(args, name)}
    return consent.add(
        consent.AddRequest(
            place=_place(args),
            speaker=args.speaker,
            terms=terms,
            evidence=args.evidence,
            notice=args.notice,
            refused=args.refused,
            renews=args.renews,
        )
    )
