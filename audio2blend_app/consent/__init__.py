"""The register of consent, for people: `records` of what was agreed, `proofs` of it, and the `house` that keeps it."""
