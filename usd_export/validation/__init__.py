"""Whether files are what they should be: what their formats' validators say, and checks of ours on any format."""

from .contents_checks import checks, length, of_line
from .demands import Profile, profile, profiles
from .files import inspected, validated

__all__ = ["Profile", "checks", "inspected", "length", "of_line", "profile", "profiles", "validated"]
