"""Who speaks in the scene, and with which sound: speakers are added, given a sound and removed here."""

import hashlib
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from audio2blend.errors import InputError
from audio2blend.files import draft

from ..client import waveform
from ..client.reports import allows, guarded
from ..scene import character, sequencer
from ..state import preferences
from ..state.listed import quietly
from ..state.properties import active_speaker, ensure_speaker


def add_speaker(scene: Any, name: str) -> Any:
    """Add a speaker to a scene, make it the active one and return it."""
    settings = scene.audio2blend
    speaker = settings.speakers.add()
    speaker.name = name
    settings.active = len(settings.speakers) - 1
    return speaker


def can_speak(thing: Any) -> bool:
    """Return whether an object may be a character: a mesh, or an armature."""
    return thing is not None and thing.type in {"MESH", "ARMATURE"}


def give_sound(context: Any, speaker: Any, sound: str) -> None:
    """Give a speaker a sound, its name where it has none of its own, and the active object where nobody speaks yet."""
    if not speaker.name or speaker.name == "Speaker":
        speaker.name = Path(bpy.path.abspath(sound)).stem
    speaker.sound = sound
    if speaker.character is None and speaker.collection is None and can_speak(context.view_layer.objects.active):
        speaker.character = context.view_layer.objects.active


class A2B_OT_speaker_add(bpy.types.Operator):
    """Add a speaker with their own sound, character and takes"""

    bl_idname, bl_label, bl_options = "audio2blend.speaker_add", "Add Speaker", {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Add it."""
        speaker = add_speaker(context.scene, "Speaker")
        if can_speak(context.view_layer.objects.active):
            speaker.character = context.view_layer.objects.active
        return {"FINISHED"}


def why_not_remove_speaker(context: Any) -> str:
    """Return what is in the way of removing the active speaker, or ""."""
    if context.window_manager.audio2blend.running:
        return "Wait until the running task is done"
    return "" if active_speaker(context) else "There is no speaker to remove"


class A2B_OT_speaker_remove(bpy.types.Operator):
    """Remove the speaker from the list; their Actions stay on the character"""

    bl_idname, bl_label, bl_options = "audio2blend.speaker_remove", "Remove Speaker", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_remove_speaker(context))

    def execute(self, context: Any) -> set[str]:
        """Remove it."""
        settings = context.scene.audio2blend
        settings.speakers.remove(settings.active)
        settings.active = max(0, min(settings.active, len(settings.speakers) - 1))
        return {"FINISHED"}


def why_not_use_object(context: Any) -> str:
    """Return what is in the way of making the active object the character, or ""."""
    active = context.view_layer.objects.active
    if active is None:
        return "Select a mesh or an armature first"
    return "" if can_speak(active) else "The active object is neither a mesh nor an armature"


class A2B_OT_character_use(bpy.types.Operator):
    """Use the active object as the character"""

    bl_idname, bl_label, bl_options = "audio2blend.character_use", "Use Active Object", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_use_object(context))

    def execute(self, context: Any) -> set[str]:
        """Take it."""
        ensure_speaker(context.scene).character = context.view_layer.objects.active
        return {"FINISHED"}


def why_not_take_along(context: Any) -> str:
    """Return why there is nothing to be taken along with the character, or ""."""
    speaker = active_speaker(context)
    found = character.loose(speaker, context.scene) if speaker is not None else []
    return "" if found else "There are no other meshes with shapes near the face"


class A2B_OT_take_along(bpy.types.Operator):
    """Animate the listed meshes with the character, such as teeth, lashes or a tongue that is not attached to it"""

    bl_idname, bl_label, bl_options = "audio2blend.take_along", "Include These Meshes", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_take_along(context))

    def execute(self, context: Any) -> set[str]:
        """Note them as parts of the character."""
        speaker = active_speaker(context)
        for thing in character.loose(speaker, context.scene):
            speaker.parts.add().thing = thing
        return {"FINISHED"}


class A2B_OT_leave_behind(bpy.types.Operator):
    """Stop animating the meshes that were included"""

    bl_idname, bl_label, bl_options = "audio2blend.leave_behind", "Exclude Them Again", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        speaker = active_speaker(context)
        return allows(cls, "" if speaker is not None and speaker.parts else "No meshes were included")

    def execute(self, context: Any) -> set[str]:
        """Forget the parts."""
        active_speaker(context).parts.clear()
        return {"FINISHED"}


class A2B_OT_sound_open(bpy.types.Operator):
    """Choose the speech recording: a sound file, or a video with sound"""

    bl_idname, bl_label, bl_options = "audio2blend.sound_open", "Open Sound", {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="The recording", subtype="FILE_PATH")
    filter_glob: StringProperty(default="", options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Show the file browser, with sounds and videos in it."""
        self.filter_glob = ";".join(f"*{suffix}" for suffix in (*bpy.path.extensions_audio, *bpy.path.extensions_movie))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Give it to the active speaker."""
        if not Path(bpy.path.abspath(self.filepath)).is_file():
            self.report({"ERROR"}, f"There is no file {self.filepath}; choose a recording")
            return {"CANCELLED"}
        give_sound(context, ensure_speaker(context.scene), self.filepath)
        return {"FINISHED"}


def why_not_use_strips(context: Any) -> str:
    """Return what is in the way of taking the sequencer's sound, or ""."""
    scene = sequencer.edited_scene(context)
    if not sequencer.sound_strips(scene):
        return "There is no sound strip in the sequencer"
    return "" if sequencer.picked_strips(scene) else "Select a sound strip in the sequencer"


class A2B_OT_sound_from_strips(bpy.types.Operator):
    """Use the sound, trimming and start of the selected strips in the sequencer. Strips of one recording, or in one channel, belong to one speaker"""  # noqa: E501

    bl_idname, bl_label, bl_options = "audio2blend.sound_from_strips", "Use Sound Strip", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_use_strips(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Give the first group of them to the active speaker, and each of the others to a new one."""
        found, refused = [], []
        for strip in sequencer.picked_strips(sequencer.edited_scene(context)):
            try:
                sequencer.part_of(strip)
                found.append(strip)
            except InputError as error:
                refused.append(str(error))
        if not found:
            raise InputError("; ".join(refused))
        for reason in refused:
            self.report({"WARNING"}, reason)
        for number, group in enumerate(sequencer.by_speaker(found)):
            speaker = add_speaker(context.scene, "Speaker") if number else ensure_speaker(context.scene)
            take_strip(context, speaker, group[0])
            for strip in group:
                speaker.strips.add().name = strip.name
        return {"FINISHED"}


def take_strip(context: Any, speaker: Any, strip: Any) -> None:
    """Give a speaker the part of a sound that a strip plays."""
    part = sequencer.part_of(strip)
    give_sound(context, speaker, str(sound_file(context, strip)))
    with quietly():
        speaker.strip, speaker.start_frame, speaker.from_s, speaker.until_s = strip.name, *part


def sound_file(context: Any, strip: Any) -> Path:
    """Return the file of a strip's sound, which is unpacked if it lies in the .blend file alone."""
    sound = sequencer.file_of(strip)
    if strip.sound.packed_file and not sound.is_file():
        data = strip.sound.packed_file.data
        sound = preferences.takes_folder(context) / hashlib.sha256(data).hexdigest()[:12] / sound.name
        with draft(sound) as target:
            target.write_bytes(data)
    return sound


CLASSES = (
    A2B_OT_speaker_add,
    A2B_OT_speaker_remove,
    A2B_OT_character_use,
    A2B_OT_take_along,
    A2B_OT_leave_behind,
    A2B_OT_sound_open,
    A2B_OT_sound_from_strips,
)


def register() -> None:
    """Begin to look at sounds."""
    waveform.register()


def unregister() -> None:
    """Stop looking at sounds."""
    waveform.unregister()
