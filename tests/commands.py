"""The command line, as a test calls it."""

from audio2blend.cli import main


def command(*arguments: object) -> int:
    """Run `audio2blend` with these arguments in this process and return its exit code."""
    return main([*map(str, arguments)])
