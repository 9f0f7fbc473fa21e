"""Surfaces of faces: where a face is in a mesh, how two correspond, shapes carried from one to the other."""
