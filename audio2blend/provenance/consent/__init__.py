"""Consent of the people whose voices and faces are used: recorded, enforced, and withdrawn."""

from .gate import Grant, allowed, not_needed
from .proof import audit
from .register import Person, Record, Register
from .rules import Rule, Rules
from .terms import Terms
from .vault import Vault

__all__ = ["Grant", "Person", "Record", "Register", "Rule", "Rules", "Terms", "Vault", "allowed", "audit", "not_needed"]
