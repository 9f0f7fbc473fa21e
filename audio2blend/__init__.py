"""Speech in, blendshape curves out."""
