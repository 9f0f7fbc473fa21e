"""Where the mouth shapes of a speaker are: Actions, a number, layers or pictures."""

from typing import Any

import bpy
from bpy.props import CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from audio2blend.visemes.sets import viseme_sets


class A2B_PG_mouth_shape(bpy.types.PropertyGroup):
    """A mouth shape and the Action that holds its pose"""

    name: StringProperty(name="Shape", description="Name of the mouth shape in its set")
    action: PointerProperty(
        name="Action", description="Action or pose asset with the pose of the mouth shape", type=bpy.types.Action
    )


def _fill(settings: Any, _context: Any) -> None:
    """List the shapes of the set, with Actions that are called like them."""
    settings.shapes.clear()
    for shape in viseme_sets()[settings.visemes].poses():
        entry = settings.shapes.add()
        entry.name = shape
        entry.action = bpy.data.actions.get(shape)


class A2B_PG_mouth_shapes(bpy.types.PropertyGroup):
    """How the mouth shapes of a speaker are shown, one after another"""

    visemes: EnumProperty(
        name="Set",
        description="The set of mouth shapes that the character has",
        items=[(name, own.title, "") for name, own in viseme_sets().items()],
        update=_fill,
    )
    kind: EnumProperty(
        name="Target",
        description="What shows a mouth shape",
        update=_fill,
        default="PROPERTY",
        items=[
            ("ACTION", "Actions", "An Action or pose asset for each shape"),
            ("PROPERTY", "Custom Property", "A number, from 0 on in the order of the set, such as a sprite's"),
            ("LAYERS", "Grease Pencil Layers", "A layer for each shape, with its name"),
            ("PICTURES", "Image Sequence", "A picture for each shape, in the order of the set"),
        ],
    )
    target: PointerProperty(name="Object", description="The object that shows the mouth shapes", type=bpy.types.Object)
    property: StringProperty(
        name="Property", description="Name of the custom property; it is added if it is missing", default="mouth"
    )
    shapes: CollectionProperty(type=A2B_PG_mouth_shape, name="Shapes", description="The shapes of the set")
    active_shape: IntProperty(name="Shape", description="The selected shape")
    step: IntProperty(
        name="Held For",
        description="Number of frames each shape is held at least: 1 on ones, 2 on twos, 3 on threes",
        default=2,
        min=1,
        max=4,
    )
    blend: IntProperty(
        name="Blend", description="Number of frames in which a shape changes into the next; 0 holds it", min=0, max=12
    )


CLASSES = (A2B_PG_mouth_shape, A2B_PG_mouth_shapes)
