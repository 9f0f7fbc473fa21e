"""What carries streams: a plain module, found by entry point under `audio2blend.transports`."""

import hmac
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio2blend.errors import InputError

from .host import Host


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may connect to a server."""

    token: str | None = None
    """What clients show as a bearer token; None lets everybody in."""
    origins: Sequence[str] = ()
    """The pages that browsers may connect from; none given allows all."""
    certificate: Path | None = None
    """A chain of certificates, PEM, for TLS; None serves without."""
    key: Path | None = None
    """The certificate's private key, PEM."""

    def admits(self, authorization: str | None) -> bool:
        """Return whether an `Authorization` header shows the token."""
        if self.token is None:
            return True
        return hmac.compare_digest((authorization or "").encode(), f"Bearer {self.token}".encode())


class Transport(Protocol):
    """A way in and out; `live serve --NAME ADDRESS` runs the one that is registered as NAME."""

    __doc__: str | None

    def serve(self, host: Host, address: str, access: Access) -> AbstractAsyncContextManager[str]:
        """Return a context in which clients are served at `address`; it gives the address that was bound.

        Leaving it ends every stream. Raises InputError for an address that cannot be had.
        """


def host_and_port(address: str) -> tuple[str, int]:
    """Return both parts of "host:port"; ":port" is the loopback alone.

    >>> host_and_port(":52000")
    ('127.0.0.1', 52000)
    """
    name, _, port = address.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise InputError(f"{address!r} is no address; write host:port, or :port for this machine alone")
    return name.strip("[]") or "127.0.0.1", int(port)
