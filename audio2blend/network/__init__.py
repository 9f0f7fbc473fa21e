"""The network at run time: `Network.load().run(speech)` is a `Clip` of the 52 ARKit weights."""

from .encoder import EncoderNetwork
from .network import Network

__all__ = ["EncoderNetwork", "Network"]
