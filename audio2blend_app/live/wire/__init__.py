"""Frames as bytes: pure functions, one file a format."""
