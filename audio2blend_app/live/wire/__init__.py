"""What frames look like on the wires of other programs: each module turns frames into bytes, and sends nothing."""
