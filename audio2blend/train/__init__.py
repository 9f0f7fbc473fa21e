"""Training of the network that `audio2blend.network` runs; the only package that imports torch."""
