"""What runs inside Blender to turn a rig into a scene."""
