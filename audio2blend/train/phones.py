"""The phone classes, as training knows them by name."""

from ..phones import PHONES, Timed, classes, merged

__all__ = ["PHONES", "Timed", "classes", "merged"]
