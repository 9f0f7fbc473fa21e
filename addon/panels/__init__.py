"""The panels of the tab *Lip Sync*: they show and read, and leave all doing to the operators."""

from . import animate, batch, character, control, files, preferences, quality, refine, speech

CLASSES = (
    *speech.CLASSES,
    *character.CLASSES,
    *animate.CLASSES,
    *refine.CLASSES,
    *control.CLASSES,
    *quality.CLASSES,
    *files.CLASSES,
    *batch.CLASSES,
    *preferences.CLASSES,
)
