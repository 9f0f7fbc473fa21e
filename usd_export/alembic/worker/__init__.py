"""What runs inside Blender to write Alembic."""
