"""The command line, as a test calls it."""

from audio2blend_app.cli.main import main


def command(*arguments: object) -> int:
    """Run `audio2blend` with these arguments in this process and return its exit code."""
    return main([*map(str, arguments)])
