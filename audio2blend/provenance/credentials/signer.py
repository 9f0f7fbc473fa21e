"""Who signs: a certificate that a root of their own vouches for, and its key, in a folder that only they can read."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from ...errors import InputError
from ...files import draft
from ..keys import need

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

ROOT: Final = "root.pem"
"""The certificate to hand to those who check files."""
CHAIN: Final = "chain.pem"
KEY: Final = "key.pem"
_YEARS: Final = 5
_MOST: Final = 2**20
_EMAIL: Final = "1.3.6.1.5.5.7.3.4"
_C2PA: Final = "1.3.6.1.4.1.62558.2.1"
"""The uses of a key that C2PA takes: e-mail protection, and its own for claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A certificate and its key."""

    name: str
    root: str
    """PEM."""
    chain: str
    """PEM, the signer's own certificate first."""
    key: str
    """PEM."""

    @classmethod
    def make(cls, folder: Path, name: str, now: datetime | None = None) -> Self:
        """Write a root and a certificate under it into a folder, valid for five years, and return the signer.

        The root's own key is not kept, so that nobody else can ever be given a certificate under it.
        Raises InputError for a name that is none, a folder that holds a signer, or one that cannot be written.
        """
        need()
        if not 0 < len(name.strip()) <= 64 or not name.isprintable():
            raise InputError(f"a signer has a name of 1 to 64 letters, not {name!r}; give your studio's")
        for file in (ROOT, CHAIN, KEY):
            if os.path.lexists(folder / file):
                raise InputError(f"{folder / file} is there already; name another folder")
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        since = (now or datetime.now(UTC)) - timedelta(hours=1)  # clocks of others may be behind
        root = _certificate(f"{name.strip()} root", None, above, above, since)
        leaf = _certificate(name.strip(), root, own, above, since)
        pem = {
            KEY: own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            CHAIN: leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM),
            ROOT: root.public_bytes(Encoding.PEM),
        }
        for file, data in pem.items():
            with draft(folder / file) as target:
                target.touch(mode=0o600 if file == KEY else 0o644)
                target.write_bytes(data)
        return cls.read(folder)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the signer in a folder: `chain.pem`, `key.pem` and, where there is one, `root.pem`.

        Raises InputError for what is missing, is no certificate, is over, or does not belong together.
        """
        need()
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        if not os.path.lexists(folder / CHAIN):
            raise InputError(f"{folder} holds no certificate to sign with; make one with `audio2blend trust init`")
        chain, key = text(folder / CHAIN), text(folder / KEY)
        root = text(folder / ROOT) if os.path.lexists(folder / ROOT) else ""
        certificates = parsed(folder / CHAIN, chain)
        leaf = certificates[0]
        try:
            private = load_pem_private_key(key.encode(), None)
        except Exception:  # what is no key fails in many ways
            private = None
        if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
            raise InputError(f"{folder / KEY}: this is no key for ES256 (P-256, PEM, without a passphrase); replace it")
        if private.public_key() != leaf.public_key():
            raise InputError(
                f"{folder / KEY} is not the key of the first certificate in {folder / CHAIN}; bring its own"
            )
        if leaf.issuer == leaf.subject:
            raise InputError(
                f"{folder / CHAIN}: the first certificate is self-signed, which C2PA forbids; use one under a root"
            )
        now = datetime.now(UTC)
        if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
            raise InputError(
                f"{folder / CHAIN}: the certificate holds from {leaf.not_valid_before_utc:%Y-%m-%d} "
                f"to {leaf.not_valid_after_utc:%Y-%m-%d}, not today; get a new one"
            )
        names = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return cls(name=str(names[0].value) if names else "", root=root, chain=chain, key=key)


def text(path: Path) -> str:
    """Return what a small PEM file says. Raises InputError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST).decode("ascii", "replace")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None


def parsed(path: Path, pem: str) -> "list[Certificate]":
    """Return the certificates in a PEM text. Raises InputError, with the file's name, if there are none."""
    need()
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise InputError(f"{path}: this holds no certificates in PEM; name a file that does") from None


def _certificate(
    name: str,
    issuer: "Certificate | None",
    own: "EllipticCurvePrivateKey",
    above: "EllipticCurvePrivateKey",
    since: datetime,
) -> "Certificate":
    """Return a root, or a certificate under an issuer, as the C2PA specification (14.5) has them."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    subject = x509.Name(
        [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    )
    may: dict[str, Any] = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only", "crl_sign"), False
    )  # fmt: skip
    ca = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, **may), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
    )
    if not ca:
        uses = [x509.ObjectIdentifier(_EMAIL), x509.ObjectIdentifier(_C2PA)]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return builder.sign(above, SHA256())
