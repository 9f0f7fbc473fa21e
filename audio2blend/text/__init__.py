"""From written text to words that are pronounced."""
