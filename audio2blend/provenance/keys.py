"""Keys: what opens a studio's secrets, and what a person signs with.

The master key of a vault is never written as it is. It is locked by one of three secrets, whichever is there when the
vault is made: a key file, a passphrase, or an entry in the keyring of the desktop. Later the same kind opens it.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from ..errors import InputError, MissingDependencyError
from ..files import draft

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE: Final = "AUDIO2BLEND_KEY_FILE"
PASSPHRASE: Final = "AUDIO2BLEND_PASSPHRASE"
SERVICE: Final = "audio2blend"
"""Under which the keyring knows our entries."""
_SCRYPT: Final = {"n": 2**15, "r": 8, "p": 3, "maxmem": 64 * 2**20, "dklen": 32}
"""As OWASP's Password Storage Cheat Sheet has it: 32 MB and about a third of a second."""
_LEAST: Final = 32
"""Bytes of a key file."""
_MOST: Final = 2**20
_NONCE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What a studio opens its vault with."""

    key_file: Path | None = None
    passphrase: str = ""
    ask: Callable[[], str] | None = None
    """Asks a person for the passphrase; None where nobody can be asked."""

    @classmethod
    def from_environment(cls, ask: Callable[[], str] | None = None) -> Self:
        """Return what the environment names in AUDIO2BLEND_KEY_FILE and AUDIO2BLEND_PASSPHRASE."""
        file = os.environ.get(KEY_FILE)
        return cls(key_file=Path(file) if file else None, passphrase=os.environ.get(PASSPHRASE, ""), ask=ask)

    def choose(self, name: str) -> tuple[str, bytes]:
        """Return the kind of secret for a new vault of some name, and the key that it gives with the name as salt.

        Raises InputError if there is none, and MissingDependencyError without `cryptography`.
        """
        need()
        if self.key_file is not None:
            return "file", self.key("file", name)
        if not self.passphrase and _keep(name):
            return "keyring", self.key("keyring", name)
        if not self.passphrase and self.ask is None:
            raise InputError(
                "nothing locks what must stay private, since there is no keyring; set "
                f"{PASSPHRASE} to a passphrase, or {KEY_FILE} to a file of {_LEAST} random bytes"
            )
        return "passphrase", self.key("passphrase", name)

    def key(self, kind: str, name: str) -> bytes:
        """Return the key, of 32 bytes, that a kind of secret gives for a vault. Raises InputError if it is missing."""
        need()
        if kind == "file":
            return _stretched(self._read(), name)
        if kind == "keyring":
            return _stretched(_kept(name), name)
        text = self.passphrase or (self.ask() if self.ask else "")
        if not text:
            raise InputError(f"the passphrase is missing; set {PASSPHRASE}")
        return hashlib.scrypt(text.encode("utf-8", "surrogatepass"), salt=name.encode(), **_SCRYPT)

    def _read(self) -> bytes:
        if self.key_file is None:
            raise InputError(f"the key file is missing; name it in {KEY_FILE}")
        try:
            with self.key_file.open("rb") as file:
                data = file.read(_MOST)
        except OSError as error:
            raise InputError(f"{self.key_file}: the key cannot be read: {error.strerror}; correct {KEY_FILE}") from None
        if len(data) < _LEAST:
            raise InputError(f"{self.key_file}: a key has {_LEAST} random bytes or more; make one of {_LEAST}")
        return data


class SigningKey:
    """An Ed25519 key by which somebody is known and signs; the file that holds it is theirs alone."""

    def __init__(self, private: "Ed25519PrivateKey") -> None:
        """Take a key of `cryptography`."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self._private = private
        self.id: str = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        """The public key in hexadecimal."""

    @classmethod
    def new(cls) -> Self:
        """Return a new key."""
        need()
        return cls.of(secrets.token_bytes(32))

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return the key that 32 bytes are."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.from_private_bytes(data))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the key in a PEM file. Raises InputError if there is none."""
        need()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            found = load_pem_private_key(path.read_bytes()[:_MOST], None)
        except OSError as error:
            raise InputError(f"{path}: the key cannot be read: {error.strerror}; check the name and rights") from None
        except Exception:  # what is no key fails in many ways, one of an algorithm that is not known in others
            found = None
        if not isinstance(found, Ed25519PrivateKey):
            raise InputError(f"{path}: this is no Ed25519 key without a passphrase; make one with this program")
        return cls(found)

    def write(self, path: Path) -> None:
        """Write the key to a PEM file that only its owner may read. Raises InputError if there is a file already."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        if os.path.lexists(path):
            raise InputError(f"{path} is there already, and may be somebody's key; name another file")
        with draft(path) as target:
            target.touch(mode=0o600)
            target.write_bytes(self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, of 64 bytes."""
        return self._private.sign(message)


def signed_by(public: str, signature: str, message: bytes) -> bool:
    """Return whether a signature, in hexadecimal, of a message was made by a public key, in hexadecimal."""
    need()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def seal(key: bytes, data: bytes, about: str) -> bytes:
    """Return data encrypted by AES-256-GCM, the nonce before it; it opens only with the same key and `about`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes | None:
    """Return what `seal` encrypted; None for another key, for another `about`, and for bytes that were altered."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (InvalidTag, ValueError, TypeError):  # a hostile file may hold a text
        return None


def need() -> None:
    """Raise MissingDependencyError where `cryptography` is not installed."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise MissingDependencyError(
            "keys and signatures need cryptography, which is not installed; pip install 'audio2blend[trust]'"
        ) from None


def _stretched(data: bytes, name: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=name.encode(), info=b"audio2blend vault").derive(data)


def _keep(name: str) -> bool:
    """Put a new secret into the keyring; return whether there is one that took it.

    One that keeps what it holds in a plain file, which `keyring` does not recommend, counts where it was chosen.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return False
    found = keyring.get_keyring()
    first = next(iter(getattr(found, "backends", [])), found)  # of several that are asked in turn
    if first.priority < 1 and "PYTHON_KEYRING_BACKEND" not in os.environ:
        return False
    try:
        keyring.set_password(SERVICE, name, secrets.token_hex(32))
        return keyring.get_password(SERVICE, name) is not None
    except KeyringError:
        return False


def _kept(name: str) -> bytes:
    cure = "work as the user who made it, or restore their keyring"
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise MissingDependencyError(
            "the vault's key is in a keyring; pip install 'audio2blend[trust]' to read it"
        ) from None
    try:
        found = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise InputError(f"the vault's key is in a keyring that does not open: {error}; {cure}") from None
    if not found:
        raise InputError(f"the vault's key is not in this user's keyring; {cure}")
    return found.encode()
