"""The C2PA library, loaded when it is needed, and never asking the network."""

from typing import Any

from ...errors import MissingDependencyError


def load() -> Any:
    """Return the module `c2pa`. Raises MissingDependencyError where it is not installed."""
    try:
        import c2pa
    except ImportError:
        raise MissingDependencyError(
            "Content Credentials need c2pa-python, which is not installed; pip install 'audio2blend[trust]'"
        ) from None
    return c2pa


def context(roots: str) -> Any:
    """Return how files are signed and checked: who is trusted, by PEM certificates, and nothing is fetched."""
    settings: dict[str, Any] = {
        "verify": {"verify_trust": True, "ocsp_fetch": False, "remote_manifest_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    if roots:
        settings["trust"] = {"trust_anchors": roots}
    return load().Context.from_dict(settings)
