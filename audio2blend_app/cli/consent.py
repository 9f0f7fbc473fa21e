"""Keep a register of who agreed to what: consent that audio2blend asks for before it works.

examples:
  audio2blend consent add narrator --purpose games --territory EU --language de --evidence signed.pdf
      record what the person called narrator signed
  audio2blend consent show narrator
      what they agreed to, what happened to it, and every file that was made under it
  audio2blend consent withdraw narrator
      end it; lists the files to take down
  audio2blend consent receipt narrator -o receipt.json
      what the person gets to keep, signed
  audio2blend consent audit
      check that nothing in the register was altered or removed

A project that says consent = "required" in its audio2blend.toml animates nobody who has not agreed.
docs/consent.md describes the register, its keys and its members.

Exit codes: 0 done, 1 the register is not whole, 2 wrong input, 3 nobody agreed to it.
"""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audio2blend.errors import InputError
from audio2blend.provenance.consent.members import ROLES
from audio2blend.provenance.consent.terms import GIVEN_BY, METHODS
from audio2blend.provenance.consent.vault import beside, there
from audio2blend.provenance.keys import Secret
from audio2blend.provenance.use import MEDIA, PURPOSES

from ..consent import house, proofs, records
from ..consent.place import Place
from ..consent.report import ConsentReport

_FLAGS = {
    "exclusive": "nobody else may use it so",
    "sublicensing": "it may be passed on",
    "training": "models may be trained on it",
    "minor": "they are a minor",
    "deceased": "they have died",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")

    def action(name: str, about: str, act: Callable[[argparse.Namespace], ConsentReport]) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=about, description=about)
        sub.add_argument("--register", type=Path, metavar="FILE", help="the register (default: the project's)")
        sub.add_argument("--project", type=Path, metavar="FILE", help="an audio2blend.toml elsewhere")
        sub.add_argument("--sign", type=Path, metavar="KEY", help="your signing key, where the register has members")
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")
        sub.set_defaults(act=act)
        return sub

    _terms(action("add", "record what somebody agrees to, or refuses", _add))
    show = action("show", "show what the register says", _show)
    show.add_argument("name", nargs="?", default="", metavar="SPEAKER", help="a speaker or the id of a record")
    show.add_argument("--contact", action="store_true", help="also what is private, by the vault's key")
    withdraw = action("withdraw", "end a consent, and list what was made under it", _withdraw)
    withdraw.add_argument("name", metavar="SPEAKER", help="a speaker, or the id of one record")
    erase = action("erase", "erase a person, here and in all backups: destroy their key", _erase)
    erase.add_argument("name", metavar="SPEAKER", help="a speaker, or the id of a person")
    receipt = action("receipt", "write what a person gets to keep, signed", _receipt)
    receipt.add_argument("name", metavar="SPEAKER", help="a speaker, or the id of one record")
    receipt.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .json file to write")
    verify = action("verify", "check a receipt, and say what became of it", _verify)
    verify.add_argument("receipt", type=Path, metavar="FILE", help="a receipt")
    audit = action("audit", "check that nothing was altered or removed", _audit)
    audit.add_argument(
        "--anchor", action="append", default=[], dest="anchors", metavar="HASH",
        help="an entry that must be there, as noted or found in a file; may be repeated",
    )  # fmt: skip
    audit.add_argument("--all-signatures", action="store_true", help="check all signatures, not the newest 1000 alone")
    export = action("export", "write all that is known of a person, or the whole register, as JSON", _export)
    export.add_argument("name", nargs="?", default="", metavar="SPEAKER", help="a speaker (default: everybody)")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .json file to write")
    export.add_argument("--contact", action="store_true", help="also what is private, by the vault's key")
    key = action("key", "make a signing key for yourself", lambda args: house.key(args.output))
    key.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the file to write, such as me.pem"
    )
    member = action("member", "say who may do what", _member)
    member.add_argument("member", metavar="PUBLIC_KEY", help="who; the first is an owner, by their own key")
    member.add_argument("role", choices=ROLES, help="owner: all; producer: consent; reviewer: reviews; none: nothing")
    ask = action("ask", "say whether something is allowed", lambda args: house.ask(_asked(args)))
    review = action("review", "answer the questions of the house rules", _review)
    for one in (ask, review):
        one.add_argument("speaker", metavar="SPEAKER", help="who speaks")
        one.add_argument("--purpose", default="", metavar="PURPOSE", help="what it is for (default: the project's)")
        for flag, name, about in _LISTS:
            one.add_argument(f"--{flag}", action="append", default=[], dest=name, metavar=flag.upper(), help=about)
    ask.add_argument("--publish", action="store_true", help="whether it may leave the house, which takes a review")
    review.add_argument(
        "--pass", action="append", default=[], dest="passed", metavar="RULE", help="a rule that is kept"
    )
    review.add_argument("--fail", action="append", default=[], dest="failed", metavar="RULE", help="one that is not")


_LISTS = (
    ("medium", "media", f"what of them is used: {', '.join(MEDIA)}; may be repeated"),
    ("territory", "territories", "where: DE, EU, worldwide …; may be repeated"),
    ("language", "languages", "in which languages: de, en-GB, any …; may be repeated"),
)


def _terms(add: argparse.ArgumentParser) -> None:
    add.add_argument("speaker", metavar="SPEAKER", help="what you call them; no need to be their name")
    add.add_argument(
        "--purpose", action="append", required=True, dest="purposes", metavar="PURPOSE",
        help=f"what they agree to: {', '.join(PURPOSES)}, or one of your own, x-…; may be repeated",
    )  # fmt: skip
    for flag, name, about in _LISTS:  # what nobody said must not become everything
        needed = name in ("territories", "languages")
        more = "" if needed else " (default voice)"
        add.add_argument(
            f"--{flag}", action="append", required=needed, dest=name, metavar=flag.upper(), help=f"{about}{more}"
        )
    add.add_argument("--from", dest="since", metavar="DAY", help="the first day, such as 2026-12-31 (default today)")
    add.add_argument("--until", metavar="DAY", help="the last day (default until it is withdrawn)")
    add.add_argument("--evidence", type=Path, metavar="FILE", help="what they signed, or the recording of their words")
    add.add_argument("--notice", type=Path, metavar="FILE", help="the text that they were shown")
    add.add_argument("--given-by", choices=GIVEN_BY, help="who agrees (default person)")
    add.add_argument("--method", choices=METHODS, help="how they agree (default signed)")
    add.add_argument("--controller", metavar="NAME", help="the company that asks and answers for it")
    for flag, about in _FLAGS.items():
        add.add_argument(f"--{flag}", action="store_true", default=None, help=about)
    add.add_argument("--refused", action="store_true", help="they did not agree")
    add.add_argument("--renews", default="", metavar="RECORD", help="the record that this one takes the place of")
    add.add_argument("--contact", type=Path, metavar="FILE", help="a text on who they are, kept encrypted")
    add.add_argument("--voiceprint", type=Path, metavar="FILE", help="a voiceprint, kept encrypted")


def run(args: argparse.Namespace) -> Any:
    """Run the action and return its report."""
    return args.act(args)


def _place(args: argparse.Namespace) -> Place:
    place = Place(register=args.register, project=args.project, key=args.sign)
    secret = Secret.from_environment(_passphrase(place) if sys.stdin.isatty() else None)
    return Place(register=args.register, project=args.project, key=args.sign, secret=secret)


def _passphrase(place: Place) -> Callable[[], str]:
    """Return what asks for the passphrase, once, and twice if the vault is new."""
    known: list[str] = []

    def ask() -> str:
        if not known:
            path = beside(place.path)
            known.append(getpass.getpass(f"Passphrase of {path}: "))
            if not there(path) and getpass.getpass("The same again, since the vault is new: ") != known[0]:
                raise InputError("the two passphrases differ; try again")
        return known[0]

    return ask


def _add(args: argparse.Namespace) -> ConsentReport:
    names = ("purposes", "media", "territories", "languages", "since", "until", "given_by", "method", "controller")
    given = {name: getattr(args, name) for name in (*names, *_FLAGS)}
    private = {kind: getattr(args, kind) for kind in ("contact", "voiceprint")}
    return records.add(
        records.AddRequest(
            place=_place(args),
            speaker=args.speaker,
            terms={name: value for name, value in given.items() if value is not None},
            evidence=args.evidence,
            notice=args.notice,
            private={kind: path for kind, path in private.items() if path is not None},
            refused=args.refused,
            renews=args.renews,
        )
    )


def _show(args: argparse.Namespace) -> ConsentReport:
    return records.show(records.ShowRequest(place=_place(args), name=args.name, contact=args.contact))


def _withdraw(args: argparse.Namespace) -> ConsentReport:
    return records.withdraw(records.EndRequest(place=_place(args), name=args.name))


def _erase(args: argparse.Namespace) -> ConsentReport:
    return records.erase(records.EndRequest(place=_place(args), name=args.name))


def _receipt(args: argparse.Namespace) -> ConsentReport:
    return proofs.receipt(proofs.ReceiptRequest(place=_place(args), name=args.name, output=args.output))


def _verify(args: argparse.Namespace) -> ConsentReport:
    return proofs.verify(proofs.VerifyRequest(place=_place(args), receipt=args.receipt))


def _audit(args: argparse.Namespace) -> ConsentReport:
    return proofs.audit(
        proofs.AuditRequest(place=_place(args), anchors=tuple(args.anchors), all_signatures=args.all_signatures)
    )


def _export(args: argparse.Namespace) -> ConsentReport:
    return proofs.export(
        proofs.ExportRequest(place=_place(args), name=args.name, output=args.output, private=args.contact)
    )


def _member(args: argparse.Namespace) -> ConsentReport:
    return house.member(house.MemberRequest(place=_place(args), member=args.member, role=args.role))


def _asked(args: argparse.Namespace) -> house.AskRequest:
    return house.AskRequest(
        place=_place(args),
        speaker=args.speaker,
        purpose=args.purpose,
        territories=tuple(args.territories),
        languages=tuple(args.languages),
        media=tuple(args.media),
        publish=getattr(args, "publish", False),
    )


def _review(args: argparse.Namespace) -> ConsentReport:
    return house.review(house.ReviewRequest(ask=_asked(args), passed=tuple(args.passed), failed=tuple(args.failed)))
