"""Modules of the extension that need no Blender."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ADDON = Path(__file__).parents[2] / "addon"


def module(path: str) -> ModuleType:
    """Return one by its path in the extension, without the package, which would need Blender."""
    spec = spec_from_file_location(path.replace("/", "_"), ADDON / f"{path}.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found
