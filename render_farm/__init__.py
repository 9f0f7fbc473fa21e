"""Rendering: previews and, later, farm jobs."""
