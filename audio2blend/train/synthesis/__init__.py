"""Synthetic speech with the time of every phone, for training: docs/synthetic-speech.md says how to make it."""
