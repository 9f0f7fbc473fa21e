"""The materials of the built-in head; colours are linear."""

from ..rig import Material
from .looks import Look


def materials(look: Look) -> tuple[Material, ...]:
    """Return the materials of a look, in the order of `Mesh.face_materials`."""
    red, green, blue = look.iris
    pale = (min(1.25 * red + 0.01, 1), min(1.2 * green + 0.008, 1), min(1.1 * blue + 0.004, 1))
    rim = tuple(0.65 * skin + 0.35 * lips * 0.8 for skin, lips in zip(look.skin, look.lips, strict=True))
    return (
        Material(name="skin", color=look.skin, roughness=0.46, subsurface=0.3),
        Material(name="lips", color=look.lips, roughness=0.34, subsurface=0.3),
        Material(name="lid rim", color=(rim[0] * 0.85, rim[1] * 0.78, rim[2] * 0.78), roughness=0.3, subsurface=0.2),
        Material(name="mouth", color=(0.10, 0.018, 0.017), roughness=0.4),
        Material(name="sclera", color=(0.84, 0.82, 0.79), roughness=0.08, subsurface=0.1),
        Material(name="iris inner", color=pale, roughness=0.06),
        Material(name="iris", color=look.iris, roughness=0.06),
        Material(name="iris rim", color=(0.3 * red, 0.3 * green, 0.3 * blue), roughness=0.06),
        Material(name="pupil", color=(0.004, 0.004, 0.004), roughness=0.05),
        Material(name="teeth", color=(0.80, 0.76, 0.68), roughness=0.25, subsurface=0.15),
        Material(name="gums", color=(0.45, 0.13, 0.12), roughness=0.3, subsurface=0.2),
        Material(name="tongue", color=(0.55, 0.17, 0.16), roughness=0.4, subsurface=0.2),
        Material(name="brows", color=look.brows, roughness=0.8),
        Material(name="lashes", color=(0.012, 0.008, 0.006), roughness=0.8),
        Material(name="hair", color=look.hair, roughness=0.6),
        Material(name="shirt", color=look.shirt, roughness=0.9),
    )
