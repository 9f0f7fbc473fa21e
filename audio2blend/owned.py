"""Values that nobody can change behind our back."""

from typing import Any, Never, TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def owned(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return a read-only array with the same values: the array itself where nobody can write to it, else a copy.

    >>> mine = np.zeros(2)
    >>> ours = owned(mine)
    >>> mine[0] = 1
    >>> ours, owned(ours) is ours
    (array([0., 0.]), True)
    """
    if _is_frozen(array):
        return array
    kept = np.array(array)
    kept.flags.writeable = False
    return kept


def _is_frozen(array: NDArray[Any]) -> bool:
    """Return whether neither an array nor one that it is a view of can be written to."""
    while not array.flags.writeable:
        if array.base is None:
            return True
        if not isinstance(array.base, np.ndarray):
            return False
        array = array.base
    return False


class Texts(dict[str, str]):
    """Texts by name that are read-only, and else a dict like any other: JSON and pickle take it.

    >>> Texts(model="best") | {"source": "line.wav"}
    {'model': 'best', 'source': 'line.wav'}
    >>> Texts(model="best")["model"] = "live"
    Traceback (most recent call last):
    TypeError: these texts are read-only; make others, such as dict(texts)
    """

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError("these texts are read-only; make others, such as dict(texts)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type["Texts"], tuple[dict[str, str]]]:
        return Texts, (dict(self),)
