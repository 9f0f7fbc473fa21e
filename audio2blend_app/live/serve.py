"""Serving live faces until stopped."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import cast

from audio2blend import plugins
from audio2blend.errors import InputError
from audio2blend.network import Network

from .host import Host
from .transport import Access, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeRequest:
    """What is served, and to whom."""

    addresses: Mapping[str, str]
    """Addresses by the name of the transport, such as {"ws": ":8765"}."""
    max_streams: int = 8
    access: Access = field(default_factory=Access)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeReport:
    """What was served."""

    addresses: dict[str, str]
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "stopped"


async def run(request: ServeRequest, told: Callable[[dict[str, str]], None]) -> ServeReport:
    """Serve until cancelled; `told` gets the bound addresses once all are open. Raises InputError for a wrong one."""
    if not request.addresses:
        raise InputError(f"no transport is named; there are {', '.join(plugins.names('transports'))}")
    if request.max_streams < 1:
        raise InputError(f"{request.max_streams} streams are none; allow 1 or more")
    if (request.access.certificate is None) != (request.access.key is None):
        raise InputError("TLS needs both a certificate and its key")
    host = Host(Network.load(quality="live", device="cpu", threads=1), max_streams=request.max_streams)
    bound = {}
    try:
        async with AsyncExitStack() as stack:
            for name, address in request.addresses.items():
                transport = cast(Transport, plugins.load("transports", name))
                bound[name] = await stack.enter_async_context(transport.serve(host, address, request.access))
            told(bound)
            await asyncio.Event().wait()
    finally:
        host.close()
    return ServeReport(addresses=bound)
