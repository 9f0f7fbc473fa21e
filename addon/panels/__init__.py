"""The panels of the tab *Lip Sync*: they show and read, and leave all doing to the operators."""

from . import animate, batch, character, control, files, mouth_shapes, preferences, quality, refine, speech

CLASSES = (
    *speech.CLASSES,
    *character.CLASSES,
    *animate.CLASSES,
    *refine.CLASSES,
    *mouth_shapes.CLASSES,
    *control.CLASSES,
    *quality.CLASSES,
    *files.CLASSES,
    *batch.CLASSES,
    *preferences.CLASSES,
)
