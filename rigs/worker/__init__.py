"""What runs inside Blender to turn a scene into a rig (`read`), and a rig into a scene (`scene`)."""
