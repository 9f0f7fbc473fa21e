"""Whether files are what they should be: what their formats' validators say, and checks of ours on any format."""

from .contents_checks import checks, length, of_line
from .demands import Profile, profile, profiles
from .files import inspected, suffix_of, validated

__all__ = ["Profile", "checks", "inspected", "length", "of_line", "profile", "profiles", "suffix_of", "validated"]
