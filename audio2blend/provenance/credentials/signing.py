"""Signing files: in them where their format takes it, else beside them."""

import io
import json
import os
from pathlib import Path

from ...errors import InputError
from ...files import draft, local, no_room, spare
from . import library
from .manifest import Claim, manifest
from .places import ANY, EMBEDDED, sidecar
from .reading import check
from .signer import Signer


def sign(path: Path, signer: Signer, claim: Claim, output: Path | None = None) -> Path:
    """Sign a file, and return what was written: the file itself, `output`, or its sidecar.

    A file that has credentials keeps them as those of its parent. It is to be signed last: whatever writes it again,
    even if no picture changes, loses them.
    Raises InputError for a file that cannot be read, is not what its suffix says, or was altered since it was signed;
    and if its credentials lie beside it and another output is named.
    """
    c2pa = library.load()
    path = local(path)
    if not path.is_file():
        raise InputError(f"{path} is not there, or is no file; name a file to sign")
    if path.suffix.lower() == ".c2pa":
        raise InputError(f"{path} holds the credentials of another file; name that one")
    media_type = EMBEDDED.get(path.suffix.lower())
    target = (output or path) if media_type else sidecar(path)
    if output is not None and not media_type:
        raise InputError(f"{path}: the credentials of such a file are {target}, beside it; name no other output")
    if output is not None and output.suffix.lower() != path.suffix.lower():
        raise InputError(f"{output}: signing does not convert a file; name one that ends in {path.suffix}")
    if claim.speech is not None:
        spare([claim.speech], [target])
    had = check(path, signer.root) if media_type else None
    if had is not None and had.state == "altered":
        raise InputError(f"{path} was altered after it was signed; sign the file that it was made from")
    edited = had is not None and had.state != "none"
    definition = manifest(claim, path.name, media_type or ANY, edited=edited)
    with draft(target) as drafted, library.context(signer.root) as context:
        try:
            info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, signer.chain.encode(), signer.key.encode(), None)
            with c2pa.Signer.from_info(info) as by, c2pa.Builder(json.dumps(definition), context) as builder:
                if edited:
                    builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
                if claim.speech is not None:
                    _speech(builder, claim.speech)
                with path.open("rb") as source:
                    if media_type:
                        with drafted.open("w+b") as written:
                            builder.sign(by, media_type, source, written)
                    else:
                        builder.set_no_embed()
                        drafted.write_bytes(builder.sign(by, ANY, source, io.BytesIO()))
        except c2pa.C2paError as error:
            raise InputError(f"{path} cannot be signed: {_reason(error)}; check the file and the certificate") from None
        except OSError as error:
            if no_room(error):
                raise
            raise InputError(f"{path} cannot be signed: {error.strerror}; check the name and its rights") from None
        if media_type and path.exists():
            drafted.chmod(path.stat().st_mode & 0o777)
    if output is None and media_type and os.path.lexists(sidecar(path)):
        sidecar(path).unlink()  # it is that of the bytes before
    return target


def _speech(builder: object, path: Path) -> None:
    try:
        with path.open("rb") as file:
            builder.add_ingredient(  # type: ignore[attr-defined]
                {"title": path.name, "relationship": "inputTo"}, EMBEDDED.get(path.suffix.lower(), ANY), file
            )
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
