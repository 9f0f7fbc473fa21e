"""Facial surfaces: face detection in a mesh, registration of two faces, and transfer of shapes between them."""
