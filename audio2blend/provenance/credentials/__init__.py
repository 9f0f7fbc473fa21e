"""Content Credentials (C2PA): a signature that says where a file comes from, and that its bytes are as they were."""

from .manifest import SOURCE_TYPES, Claim
from .places import EMBEDDED, sidecar
from .reading import Credentials, check
from .signer import Signer
from .signing import sign

__all__ = ["EMBEDDED", "SOURCE_TYPES", "Claim", "Credentials", "Signer", "check", "sidecar", "sign"]
