"""Clips into files: one module a format, found by suffix through the entry points `audio2blend.exporters`."""

from .registry import Exporter, exporter_for, read, suffixes, write

__all__ = ["Exporter", "exporter_for", "read", "suffixes", "write"]
