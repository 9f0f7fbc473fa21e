"""Sending frames over UDP to programs that wait for a face."""

import socket
import time
from typing import Final, Protocol

from audio2blend.errors import InputError

from .stream import Frame
from .wire import ifacialmocap, livelink, vmc, vrchat


class Wire(Protocol):
    """What turns frames into packets."""

    def packets(self, frame: Frame, *, day_s: float) -> list[bytes]:
        """Return the packets of a frame that is shown at a time of day, in seconds."""


class Sender:
    """Sends the frames of one face to one place. A packet that nobody takes is lost, as UDP has it."""

    def __init__(self, wire: Wire, host: str, port: int) -> None:
        """Find the host. Raises InputError if there is none of that name."""
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise InputError(f"there is no host {host} to send to ({error}); check its name") from None
        self._wire, self._place = wire, place
        self._socket = socket.socket(family, kind, protocol)
        self._socket.setblocking(False)

    def send(self, frame: Frame) -> None:
        """Send a frame that is shown now."""
        for packet in self._wire.packets(frame, day_s=_day_s()):
            try:
                self._socket.sendto(packet, self._place)
            except OSError:  # nobody listens there yet, or the line is full: the next frame comes at once
                return

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class Answerer:
    """Sends frames to whoever has asked for them in the last seconds, as iFacialMocap's receivers do."""

    _FORGOTTEN_S: Final = 10.0

    def __init__(self, host: str = "", port: int = ifacialmocap.PORT) -> None:
        """Listen on a port of this machine. Raises InputError if it cannot be had."""
        self._wire = ifacialmocap.IFacialMocap()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._asked: dict[str, float] = {}
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise InputError(f"port {port} cannot be listened on ({error.strerror}); end what has it") from None

    def send(self, frame: Frame) -> None:
        """Send a frame to those who asked."""
        self._hear()
        now = time.monotonic()
        for host, since in list(self._asked.items()):
            if now - since > self._FORGOTTEN_S:
                del self._asked[host]
                continue
            for packet in self._wire.packets(frame, day_s=0):
                try:
                    self._socket.sendto(packet, (host, ifacialmocap.PORT))
                except OSError:
                    break

    def close(self) -> None:
        """Let go of the port."""
        self._socket.close()

    def _hear(self) -> None:
        while True:
            try:
                content, (host, _) = self._socket.recvfrom(256)
            except OSError:
                return
            if content.startswith(ifacialmocap.REQUEST):
                self._asked[host] = time.monotonic()


PORTS: Final = {"livelink": livelink.PORT, "vmc": vmc.PORT, "vrchat": vrchat.PORT}
"""Where each kind of receiver listens, unless another port is named."""


def sender(kind: str, place: str, *, subject: str = "audio2blend", names: vmc.Names = "pascal") -> Sender:
    """Return a sender of a kind to "host" or "host:port". Raises InputError for a place that is none."""
    host, port = parsed(place, PORTS[kind])
    wires: dict[str, Wire] = {"livelink": livelink.LiveLink(subject), "vmc": vmc.Vmc(names), "vrchat": vrchat.VrChat()}
    return Sender(wires[kind], host, port)


def parsed(place: str, port: int) -> tuple[str, int]:
    """Return host and port of "host", "host:port", "[::1]:port" or ":port", which is this machine's.

    Raises InputError for a port that is none.
    """
    host, colon, number = place.rpartition(":")
    if not colon or place.endswith("]"):
        host, number = place, str(port)
    if not number.isdecimal() or not 0 <= int(number) < 65_536:
        raise InputError(f"'{place}' names no port; write host:port, such as localhost:{port}")
    return host.strip("[]") or "127.0.0.1", int(number)


def _day_s() -> float:
    """Return the local time of day in seconds."""
    now = time.time()
    local = time.localtime(now)
    return local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec + now % 1
