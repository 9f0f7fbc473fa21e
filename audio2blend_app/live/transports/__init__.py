"""How sound comes to a server and faces leave it: a module each, found by the entry point `audio2blend.transports`.

A module has `serve(hall, place, security)`, an asynchronous context manager that serves while it is entered and gives
the port that it has.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..hall import Hall
from ..stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Who may come in, and how."""

    token: str = ""
    """What clients have to show as bearer token; "" asks for none."""
    origins: tuple[str, ...] = ()
    """Pages that may connect, such as "https://example.com"; none: any."""
    certificate: Path | None = None
    """A chain of certificates in PEM; None for no encryption."""
    key: Path | None = None
    """The key of the first of them."""


class Transport(Protocol):
    """A module of this kind."""

    def serve(
        self, hall: Hall, host: str, port: int, *, security: Security, stage: Stage | None
    ) -> AbstractAsyncContextManager[int]:
        """Serve while entered, and give the port; `stage`, if any, shows the faces of the last stream elsewhere."""
