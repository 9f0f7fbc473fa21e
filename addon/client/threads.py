"""Arithmetic beside the window: in a thread, which must not touch Blender's data."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_thread(function: Callable[[], T]) -> Generator[None, None, T]:
    """Run a function and return its result, yielding until it is there; what it raises is raised here."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(function)
        while not future.done():
            yield None
        return future.result()
