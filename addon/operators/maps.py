"""The map onto a character as a text to edit, by its names, from a preset or by geometry."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty

from audio2blend.errors import InputError
from rigs.retarget import Retarget, format_map, with_rest
from rigs.retarget.presets import presets

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows, guarded
from ..scene import character, snapshot
from ..state.properties import active_speaker, place_of, speaker_at


def why_not_map(context: Any) -> str:
    """Return why there is no map to edit; "" when there is."""
    speaker = active_speaker(context)
    if speaker is None:
        return "Add a speaker first"
    who = character.of(speaker)
    return "" if who.shapes or who.bones else "Choose a character with shape keys or bones"


def why_not_match(context: Any) -> str:
    """Return why shapes cannot be matched by geometry; "" when they can."""
    speaker = active_speaker(context)
    if speaker is None or not character.of(speaker).shapes:
        return "Choose a mesh with shape keys"
    return modal.why_not(context)


def give(speaker: Any, text: str) -> Any:
    """Give a speaker's character a map, in a new text, and return that."""
    block = bpy.data.texts.new(f"{character.of(speaker).name} map")
    block.write(text)
    block.cursor_set(0)
    speaker.map = block
    return block


def _show(context: Any, block: Any) -> bool:
    """Show a text in the first text editor there is, and return whether there is one."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "TEXT_EDITOR":
                area.spaces.active.text = block
                return True
    return False


class _MapOperator(bpy.types.Operator):
    """What operators on the map share."""

    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012  # Blender wants a set

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_map(context))


class A2B_OT_map_edit(_MapOperator):
    """View and edit the map of ARKit channels to the character's shapes as text; changes apply immediately"""

    bl_idname, bl_label = "audio2blend.map_edit", "Edit Map"

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Write the map down where it is not yet, and show it."""
        speaker = active_speaker(context)
        assert speaker is not None
        block = speaker.map or give(speaker, format_map(with_rest(character.matched(speaker))))
        if not _show(context, block):
            self.report({"INFO"}, f"The map is the text '{block.name}'; open a Text Editor to edit it")
        return {"FINISHED"}


class A2B_OT_map_forget(_MapOperator):
    """Match by shape and bone names again; the map's text data-block is kept"""

    bl_idname, bl_label = "audio2blend.map_forget", "By Names Again"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        speaker = active_speaker(context)
        without = speaker is None or speaker.map is None
        return allows(cls, "The character is already matched by name" if without else "")

    def execute(self, context: Any) -> set[str]:
        """Take the map off the speaker."""
        active_speaker(context).map = None
        return {"FINISHED"}


class A2B_OT_map_preset(_MapOperator):
    """Start a map from a preset for a known kind of character"""

    bl_idname, bl_label = "audio2blend.map_preset", "Map from Preset"

    preset: EnumProperty(
        name="Preset",
        description="The kind of character",
        items=[(preset.stem, preset.retarget.name, f"The names of {preset.retarget.name}") for preset in presets()],
    )

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Give the speaker the preset's targets that the character has."""
        speaker = active_speaker(context)
        chosen = next(preset for preset in presets() if preset.stem == self.preset).retarget
        who = character.of(speaker)
        kept = tuple(target for target in chosen.targets if character.has(who, target))
        if not kept:
            raise InputError(f"'{who.name}' has none of the names of {chosen.name}; choose another preset")
        give(speaker, format_map(Retarget(name=f"{who.name}, {chosen.name}", targets=kept)))
        return {"FINISHED"}


class A2B_OT_map_match(ServiceOperator, bpy.types.Operator):
    """Match the character's shapes by their geometry, regardless of their names"""

    bl_idname, bl_label = "audio2blend.map_match", "Match by Shape"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_match(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the map of the character as it stands."""
        self._place = place_of(active_speaker(context))
        who = character.of(speaker_at(*self._place))
        asked = {"character": str(snapshot.save(context, who)), "name": who.name, "output": str(snapshot.scratch())}
        return [("match", asked)]

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Give it to the speaker, who need not be the active one any more."""
        (found,) = results
        block = give(speaker_at(*self._place), found["map"])
        if found["solver"]:
            block[character.SOLVER] = b64encode(Path(found["solver"]).read_bytes()).decode()
        _show(context, block)
        self.report({"INFO"}, "; ".join(found["report"]))
        return {"FINISHED"}


class A2B_OT_make_override(bpy.types.Operator):
    """Make library overrides of the character and of its meshes, so that it can be animated in this file"""

    bl_idname, bl_label, bl_options = "audio2blend.make_override", "Make Override", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        speaker = active_speaker(context)
        linked = speaker is not None and bool(character.why_linked(speaker))
        return allows(cls, "" if linked else "The character is not linked from another file")

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Override what is linked, objects and meshes with shapes."""
        speaker = active_speaker(context)
        assert speaker is not None
        _override_objects(context, speaker)
        for face in character.of(speaker).faces:
            if face.data.library and not face.data.override_create(remap_local_usages=True):
                raise InputError(f"'{face.data.name}' cannot be overridden; append the character instead")
        if reason := character.why_linked(speaker):
            raise InputError(reason)
        self.report({"INFO"}, f"{character.of(speaker).name} can be animated here now")
        return {"FINISHED"}


def _override_objects(context: Any, speaker: Any) -> None:
    """Override the linked collection that holds the character, or else the linked objects one by one."""
    scene, layer = context.scene, context.view_layer
    linked = [thing for thing in character.of(speaker).objects if thing.library]
    if not linked:
        return
    chosen = speaker.character.name if speaker.character else ""
    holder = next(
        (c for c in scene.collection.children_recursive if c.library and linked[0] in list(c.all_objects)), None
    )
    if holder is not None:
        made = holder.override_hierarchy_create(scene, layer, do_fully_editable=True)
        objects = list(made.all_objects) if made else []
        if speaker.collection == holder:
            speaker.collection = made
    else:
        objects = [thing.override_create(remap_local_usages=True) for thing in linked]
    mine = [thing for thing in objects if thing and thing.override_library.reference.name == chosen]
    if speaker.character is not None and mine:
        speaker.character = mine[0]


CLASSES = (A2B_OT_map_edit, A2B_OT_map_forget, A2B_OT_map_preset, A2B_OT_map_match, A2B_OT_make_override)
