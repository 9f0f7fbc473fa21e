"""The animation channels: Apple's 52 ARKit blendshapes and nine rotations.

Names and order of the blendshapes follow Apple's `ARFaceAnchor.BlendShapeLocation`; the order is that of the
columns which the Live Link Face app writes, so that a row of a clip is a row of its CSV file.
"""

from typing import Final

ARKIT: Final[tuple[str, ...]] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight",
    "jawForward", "jawRight", "jawLeft", "jawOpen",
    "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
    "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""The 52 blendshapes; weights in [0, 1]."""

ROTATIONS: Final[tuple[str, ...]] = (
    "headYaw", "headPitch", "headRoll",
    "leftEyeYaw", "leftEyePitch", "leftEyeRoll",
    "rightEyeYaw", "rightEyePitch", "rightEyeRoll",
)  # fmt: skip
"""Head and eye rotations in degrees.

Yaw is positive towards the character's left, pitch is positive upwards, and roll is positive when the head
tips towards the character's own right shoulder: right-handed turns about +Y, −X and +Z of a face that looks
along +Z with Y up. They are applied roll first, then pitch, then yaw.
"""

MOUTH: Final[tuple[str, ...]] = tuple(
    name for name in ARKIT if name.startswith(("jaw", "mouth", "cheekPuff", "tongue"))
)
"""The blendshapes that speech needs: jaw, lips, puffed cheeks and tongue."""

CHANNELS: Final[tuple[str, ...]] = ARKIT + ROTATIONS
"""All 61 channels of an animated face, in the order of Live Link Face's columns."""
