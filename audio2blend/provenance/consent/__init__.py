"""Consent of the people whose voices and faces are used: recorded, enforced, and withdrawn."""

from .gate import Grant, allowed, not_needed
from .proof import audit
from .register import Person, Record, Register
from .terms import Terms

__all__ = ["Grant", "Person", "Record", "Register", "Terms", "allowed", "audit", "not_needed"]
