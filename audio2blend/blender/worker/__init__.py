"""What runs inside Blender: the only code here that imports bpy."""
