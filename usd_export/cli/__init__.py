"""The commands that turn recordings into files."""
