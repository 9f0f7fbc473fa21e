"""`python -m audio2blend` is the command line, wherever it is installed from."""

import sys
from importlib.metadata import entry_points

(command,) = entry_points(group="console_scripts", name="audio2blend")
sys.exit(command.load()())
