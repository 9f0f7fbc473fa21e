"""Synthetic speech with phone alignments, for training; docs/synthetic-speech.md has the recipe."""
