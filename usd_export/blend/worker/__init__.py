"""What runs inside Blender to write the formats that only Blender writes."""
