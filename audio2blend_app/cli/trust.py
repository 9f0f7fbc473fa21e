"""Sign files with Content Credentials (C2PA), and check where a file comes from.

examples:
  audio2blend trust init "Studio Sonne"
      a root and a certificate of your own, once
  audio2blend trust sign line.mp4 --speech line.wav
      sign a film, last of all: whatever writes it again loses the signature
  audio2blend trust sign hero.glb
      writes hero.glb.c2pa beside it, for formats that hold no signature
  audio2blend trust check downloaded.mp4
      trusted, valid but by an unknown signer, altered, or no signature; and the mark, if there is one

docs/trust.md tells what each of them can do and cannot do.

Exit codes: 0 done, or trusted; 1 not trusted, or consent ended; 2 wrong input; 3 consent does not hold.
"""

import argparse
from pathlib import Path
from typing import Any

from audio2blend.provenance.credentials import SOURCE_TYPES

from .. import trust


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")
    shared.add_argument(
        "--signer", type=Path, default=trust.folder(), metavar="FOLDER",
        help=f"chain.pem, key.pem and root.pem (default: {trust.FOLDER}, else ~/.config/audio2blend/signer)",
    )  # fmt: skip
    init = actions.add_parser("init", parents=[shared], help="make a root and a certificate of your own")
    init.add_argument("name", metavar="NAME", help="your studio's; everybody can read it in what you sign")
    init.set_defaults(act=_init)
    sign = actions.add_parser("sign", parents=[shared], help="sign a file")
    sign.add_argument("file", type=Path, metavar="FILE", help="what to sign")
    sign.add_argument("-o", "--output", type=Path, metavar="FILE", help="the signed file (default: FILE itself)")
    sign.add_argument("--speech", type=Path, metavar="REC", help="the recording that it was made from")
    sign.add_argument(
        "--source-type", choices=SOURCE_TYPES, default=SOURCE_TYPES[0], metavar="TYPE",
        help=f"{', '.join(SOURCE_TYPES)}: a real voice (default), a synthetic one, motion by rules",
    )  # fmt: skip
    sign.add_argument("--consent", default="", metavar="ID", help="the consent record that it was made under")
    sign.set_defaults(act=_sign)
    check = actions.add_parser("check", parents=[shared], help="say where a file comes from")
    check.add_argument("file", type=Path, metavar="FILE", help="what to check")
    check.add_argument(
        "--root", action="append", default=[], dest="roots", type=Path, metavar="PEM",
        help="the root of somebody you trust; may be repeated",
    )  # fmt: skip
    check.add_argument("--key-file", type=Path, metavar="FILE", help="the key of the mark (default: the public one)")
    check.set_defaults(act=_check)


def run(args: argparse.Namespace) -> Any:
    """Run the action and return its report."""
    return args.act(args)


def _init(args: argparse.Namespace) -> trust.WrittenReport:
    return trust.init(trust.InitRequest(name=args.name, signer=args.signer))


def _sign(args: argparse.Namespace) -> trust.WrittenReport:
    return trust.run(
        trust.SignRequest(
            file=args.file,
            output=args.output,
            signer=args.signer,
            speech=args.speech,
            source_type=args.source_type,
            consent=args.consent,
        )
    )


def _check(args: argparse.Namespace) -> trust.CheckReport:
    return trust.check(
        trust.CheckRequest(file=args.file, signer=args.signer, roots=tuple(args.roots), key_file=args.key_file)
    )
