"""Where a register is, and who works with it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from audio2blend.errors import InputError
from audio2blend.files import digest
from audio2blend.provenance.consent import Record, Register
from audio2blend.provenance.consent import vault as vaults
from audio2blend.provenance.consent.register import is_record
from audio2blend.provenance.consent.vault import Vault
from audio2blend.provenance.keys import Secret, SigningKey
from audio2blend.provenance.project import Project

_MOST: Final = 2**20
"""Bytes of a file that is sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the register is, and who works with it."""

    register: Path | None = None
    """Its file; None for the project's."""
    project: Path | None = None
    """The project's file; None for the one in this folder or above it."""
    key: Path | None = None
    """The signing key of whoever works with it; registers with members want one."""
    secret: Secret = field(default_factory=Secret)
    """What opens the vault."""

    def found(self) -> Project:
        """Return the project. Raises InputError as `Project.read` does."""
        return Project.find(Path()) if self.project is None else Project.read(self.project)

    @property
    def path(self) -> Path:
        """The register's file. Raises InputError as `Project.read` does."""
        return self.register if self.register is not None else self.found().register

    @property
    def actor(self) -> SigningKey | None:
        """The key that signs, if there is one. Raises InputError if it cannot be read."""
        return None if self.key is None else SigningKey.read(self.key)

    @property
    def vault(self) -> Path:
        """The vault's file."""
        return vaults.beside(self.path)

    def open(self, *, create: bool = False) -> Register:
        """Return the register. Raises InputError as `Register.open` does."""
        return Register.open(self.path, create=create)

    def unlock(self, *, create: bool = False) -> Vault:
        """Return the vault. Raises InputError as `Vault.open` does."""
        if not create and not vaults.there(self.vault):
            raise InputError(f"{self.vault}: there is no vault; nothing private was recorded, or it is kept elsewhere")
        return Vault.open(self.vault, self.secret, create=create)


def named(register: Register, name: str) -> list[Record]:
    """Return the records of a speaker, of a person, or the one record. Raises InputError if there are none."""
    found = [register.record(name)] if is_record(name) else register.records(name)
    if not found:
        raise InputError(f"there is no speaker {name!r} in {register.path}; look up how they are called there")
    return found


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file. Raises InputError if it cannot be read."""
    try:
        return digest(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None


def bytes_of(path: Path) -> bytes:
    """Return what a small file holds. Raises InputError if it cannot be read or is large."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None
    if len(data) > _MOST:
        raise InputError(f"{path}: what is kept of a person has up to {_MOST // 2**20} MiB; give a smaller file")
    return data
