"""A direct solver for sparse systems on a surface, in NumPy alone."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from .mesh import Index, Points

_MEMORY: Final = 1_500_000_000
"""Limit of the blocks in bytes."""


class Factor:
    """The factorisation of a symmetric positive definite matrix, for any number of right-hand sides.

    Vertices are sorted into layers by their number of edges from a first one. No edge skips a layer, so the matrix is
    block tridiagonal (George and Liu 1981, one-way dissection), and the blocks of a surface are small: about √n wide
    for n vertices.
    """

    def __init__(self, n: int, rows: Index, columns: Index, values: Points) -> None:
        """Factorise a matrix (n, n) given by entries, each (m,); duplicates are summed.

        Raises InputError if it would take too much memory.
        """
        layers = _layers(n, rows, columns)
        if 16 * sum(len(layer) ** 2 for layer in layers) > _MEMORY:
            raise InputError(f"a mesh of {n} vertices is too fine to transfer shapes to; give a coarser one")
        self.layers = layers
        layer_of, place = np.empty(n, np.int64), np.empty(n, np.int64)
        for number, layer in enumerate(layers):
            layer_of[layer], place[layer] = number, np.arange(len(layer))
        order = np.argsort(layer_of[rows], kind="stable")
        bounds = np.searchsorted(layer_of[rows], np.arange(len(layers) + 1), sorter=order)
        self.inverses: list[Points] = []
        self.couplings: list[Points] = []
        """Blocks between each layer and the next."""
        for number, layer in enumerate(layers):
            entries = order[bounds[number] : bounds[number + 1]]
            own = entries[layer_of[columns[entries]] == number]
            block = np.zeros((len(layer), len(layer)))
            np.add.at(block, (place[rows[own]], place[columns[own]]), values[own])
            if number:
                coupling = self.couplings[-1]
                block -= coupling.T @ self.inverses[-1] @ coupling
            self.inverses.append(np.linalg.inv(block))
            if number + 1 < len(layers):
                ahead = entries[layer_of[columns[entries]] == number + 1]
                coupling = np.zeros((len(layer), len(layers[number + 1])))
                np.add.at(coupling, (place[rows[ahead]], place[columns[ahead]]), values[ahead])
                self.couplings.append(coupling)

    def solve(self, right: Points) -> Points:
        """Return the solution for right-hand sides (n, k), of the same shape."""
        out = np.empty_like(right)
        parts: list[Points] = []
        for number, layer in enumerate(self.layers):
            part = right[layer]
            if number:
                part = part - self.couplings[number - 1].T @ parts[-1]
            parts.append(self.inverses[number] @ part)
        out[self.layers[-1]] = parts[-1]
        for number in range(len(self.layers) - 2, -1, -1):
            following = self.couplings[number] @ out[self.layers[number + 1]]
            out[self.layers[number]] = parts[number] - self.inverses[number] @ following
        return out


def _layers(n: int, rows: Index, columns: Index) -> list[Index]:
    """Return layers of vertices by their number of edges from a peripheral one, component after component."""
    order = np.argsort(rows, kind="stable")
    first = np.searchsorted(rows, np.arange(n + 1), sorter=order)
    ends = columns[order]

    def spread(start: int, fresh: NDArray[np.bool_]) -> list[Index]:
        layers = [np.array([start])]
        fresh[start] = False
        while len(layers[-1]):
            spans = [ends[first[vertex] : first[vertex + 1]] for vertex in layers[-1]]
            following = np.unique(np.concatenate(spans))
            following = following[fresh[following]]
            fresh[following] = False
            layers.append(following)
        return layers[:-1]

    left = np.ones(n, bool)
    out: list[Index] = []
    while left.any():
        far = int(spread(int(left.argmax()), left.copy())[-1][0])
        out += spread(far, left)
    return out
