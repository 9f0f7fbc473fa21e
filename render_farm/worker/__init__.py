"""What runs inside Blender to render pictures."""
