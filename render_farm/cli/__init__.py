"""The commands that draw pictures."""
