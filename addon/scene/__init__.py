"""What is in the scene: characters, their takes as they move, sound strips."""
