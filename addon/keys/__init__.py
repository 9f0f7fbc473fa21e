"""Keys: a clip becomes a slotted Action on a character, beside whatever an artist has made."""
