"""gRPC as Audio2Face-3D's clients speak it, over our network: on any processor, with no card of NVIDIA's.

The messages are our own (`a2f.proto`) with the numbers of theirs, and the methods have their paths.
"""
