"""What a mark says: an id of 24 bits and check bits, and how it is read from what was measured of each bit."""

import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

ID_BITS: Final = 24
PUBLIC_KEY: Final = b"audio2blend"
"""The key that everybody has: a mark made with it can be forged, and proves nothing by itself."""
FALSE_POSITIVES: Final = 1e-6
"""A mark is reported where chance would show one in at most this share of files."""
_DOUBTED: Final = 10
"""So many bits of the id, those measured least surely, are tried both ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A mark that was found."""

    id: int
    """In [0, 2**24)."""
    p_value: float
    """At most this probable in a file without a mark of this key, whatever is in the file."""
    speed: float = 1.0
    """How much faster the file plays than when it was marked."""


def code(identity: int, bits: int, key: bytes) -> NDArray[Any]:
    """Return an id and its check bits as signs [bits].

    The check bits are the first of an HMAC-SHA256 of the id. Two ids share half of them by chance, so that they correct
    errors as a random code does, and only who has the key can make them.
    Raises InputError if the id has more than 24 bits.
    """
    if not 0 <= identity < 1 << ID_BITS:
        raise InputError(f"a mark's id lies between 0 and {(1 << ID_BITS) - 1}, not {identity}")
    raw = identity.to_bytes(ID_BITS // 8, "big")
    check = hmac.digest(key, b"check" + raw, "sha256")
    every = np.unpackbits(np.frombuffer(raw + check, np.uint8))[:bits]
    return every.astype(np.float64) * 2 - 1


def keyed(key: bytes, use: str, count: int) -> NDArray[Any]:
    """Return `count` numbers that a key gives for a use, the same with every version of numpy."""
    if not key:
        raise InputError("the key of a mark is empty; use a file that holds at least 16 random bytes")
    seed = hmac.digest(key, use.encode(), "sha256")
    return np.frombuffer(hashlib.shake_256(seed).digest(8 * count), "<u8").astype(np.uint64).reshape(count)


def spread(key: bytes, use: str, count: int, bits: int) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Return for each of `count` places which bit it carries [count], and with which sign [count]."""
    order = np.argsort(keyed(key, f"{use} order", count), kind="stable")
    bit = np.empty(count, np.intp)
    bit[order] = np.arange(count) % bits
    return bit, (keyed(key, f"{use} sign", count) >> np.uint64(63)).astype(np.float64) * 2 - 1


def read(sums: NDArray[Any], energy: float, tries: int, bits: int, key: bytes) -> tuple[int, float]:
    """Return the likeliest id, and a bound on the probability that chance fits any id as well.

    Args:
        sums: per bit [bits], the places' values times their keyed signs, summed up.
        energy: the sum of the squares of all values.
        tries: alignments (offsets, speeds) among which this one was chosen as the best.
        bits: of the mark.
        key: of the mark.

    The signs are independent of a file that was not marked, whatever it holds. So the correlation t of the values with
    one code exceeds a level with a probability of at most exp(-t²/2) (Hoeffding, 1963), and that with any of
    2**24 ids at any alignment with at most that many times as much.
    """
    doubted = np.argsort(np.abs(sums[:ID_BITS]), kind="stable")[:_DOUBTED]
    sure = (sums[:ID_BITS] > 0).astype(np.int64) << np.arange(ID_BITS)[::-1]
    base = int(sure.sum() - sure[doubted].sum())
    places = ID_BITS - 1 - doubted
    best, fit = 0, -math.inf
    for number in range(1 << _DOUBTED):
        identity = base + sum(1 << int(place) for index, place in enumerate(places) if number >> index & 1)
        found = float(code(identity, bits, key) @ sums)
        if found > fit:
            best, fit = identity, found
    t = max(fit, 0.0) / math.sqrt(energy + 1e-12)
    return best, min(1.0, math.exp(min(0.0, ID_BITS * math.log(2) + math.log(tries) - t * t / 2)))
