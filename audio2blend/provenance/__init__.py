"""Who agreed to what, and what a file says of where it comes from."""
