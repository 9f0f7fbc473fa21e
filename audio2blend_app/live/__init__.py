"""Live faces: one voice a stream, one host a process, and transports that carry sound in and frames out."""

from .host import Full, Host, Seat
from .stream import Dials, Frame, Voice, samples_in
from .transport import Access, Transport

__all__ = ["Access", "Dials", "Frame", "Full", "Host", "Seat", "Transport", "Voice", "samples_in"]
