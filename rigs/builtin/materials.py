"""The materials of the built-in head; colours are linear."""

from ..rig import Material

MATERIALS = (
    Material(name="skin", color=(0.72, 0.43, 0.325), roughness=0.5, subsurface=0.2),
    Material(name="lips", color=(0.56, 0.20, 0.17), roughness=0.4, subsurface=0.2),
    Material(name="lid rim", color=(0.50, 0.24, 0.19), roughness=0.5),
    Material(name="mouth", color=(0.07, 0.012, 0.012), roughness=0.6),
    Material(name="sclera", color=(0.86, 0.85, 0.83), roughness=0.2),
    Material(name="iris inner", color=(0.12, 0.235, 0.175), roughness=0.2),
    Material(name="iris", color=(0.09, 0.19, 0.15), roughness=0.2),
    Material(name="iris rim", color=(0.03, 0.06, 0.05), roughness=0.2),
    Material(name="pupil", color=(0.004, 0.004, 0.004), roughness=0.3),
    Material(name="teeth", color=(0.80, 0.76, 0.68), roughness=0.45),
    Material(name="gums", color=(0.45, 0.13, 0.12), roughness=0.4),
    Material(name="tongue", color=(0.55, 0.17, 0.16), roughness=0.5),
    Material(name="brows", color=(0.045, 0.024, 0.014), roughness=0.8),
    Material(name="lashes", color=(0.012, 0.008, 0.006), roughness=0.8),
    Material(name="hair", color=(0.075, 0.036, 0.018), roughness=0.75),
    Material(name="shirt", color=(0.08, 0.16, 0.26), roughness=0.9),
)
"""In the order of `Mesh.face_materials`."""
