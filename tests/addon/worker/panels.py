"""Runs in Blender: what the extension's panels draw, and what its texts are."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker.layout_recorder import Recorder, operator_type
from tests.support.worker.scenes import extension, put, speaker


class Context:
    """Blender's context, with a sidebar that there is none of in the background."""

    region = SimpleNamespace(width=300)

    @property
    def preferences(self) -> Any:
        """The preferences, with the size of a screen that is not there."""
        return SimpleNamespace(system=SimpleNamespace(ui_scale=1.0), addons=bpy.context.preferences.addons)

    def __getattr__(self, name: str) -> Any:
        return getattr(bpy.context, name)


def panels() -> list[Any]:
    """Return the extension's panels, those of the 3D view first."""
    from addon import panels as package

    return [cls for cls in package.CLASSES if issubclass(cls, bpy.types.Panel)]


def drawn(*, state: str, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what each panel draws in a state: by editor and label, a list of what a user sees."""
    with extension():
        _enter(state, rig, sound)
        before = _memory()
        found: dict[str, Any] = {"VIEW_3D": {}, "SEQUENCE_EDITOR": {}}
        for panel in panels():
            if not hasattr(panel, "poll") or panel.poll(Context()):
                found[panel.bl_space_type][panel.bl_label] = _draw(panel)
        bpy.context.window_manager.audio2blend.running = False
        assert _memory() == before, "drawing changed something"
        return found


def _enter(state: str, rig: Rig, sound: Path) -> None:
    """Bring the scene into a state that a user meets."""
    if state == "nothing":
        return
    someone = speaker()
    if state == "nobody":
        someone.sound = str(sound)
        return
    someone.character = put(rig, name="Hero")
    if state == "silent":
        return
    someone.sound = str(sound.with_name("gone.wav") if state == "gone" else sound)
    if state == "blocked":
        someone.character.data.shape_keys.key_blocks["jawOpen"].mute = True
    if state in {"take", "blocked", "two takes", "short scene", "corrected", "controls"}:
        bpy.ops.audio2blend.animate(quality="live")
    if state == "short scene":
        bpy.context.scene.frame_end = 50
    if state == "moved":
        bpy.ops.audio2blend.animate(quality="live")
        bpy.context.scene.sequence_editor_create().strips.new_sound("line", str(sound), 1, 40)
    if state == "strips":
        for name in ("line", "line.001", "line.002"):
            someone.strips.add().name = name
    if state == "held":
        someone.character.data.shape_keys.key_blocks["jawOpen"].keyframe_insert("value", frame=1)
        bpy.ops.audio2blend.animate(quality="live")
    if state == "left behind":
        put(rig, name="Teeth")
    if state == "controls":
        bpy.ops.audio2blend.controls_connect()
    if state == "table":
        bpy.ops.audio2blend.line_add()
        bpy.ops.audio2blend.line_add()
        someone.id_data.audio2blend.lines[1].status = "failed"
        someone.id_data.audio2blend.lines[1].message = "there is no such file; correct the line"
    if state == "two takes":
        bpy.ops.audio2blend.animate(strength=0.5)
    if state == "corrected":
        someone.takes[0].active_phone = 3
        someone.takes[0].phones[3].label = "p"
    if state == "running":
        manager = bpy.context.window_manager.audio2blend
        manager.running, manager.progress, manager.message = True, 0.4, "Animate"


def _draw(panel: Any) -> list[dict[str, Any]]:
    layout = Recorder()
    panel.draw(SimpleNamespace(layout=layout), Context())
    return [_seen(call) for call in layout] + [seen for call in layout for seen in _rows(call)]


def _rows(call: Any) -> Iterator[dict[str, Any]]:
    """Yield what the rows of a list draw."""
    if call.what != "template_list":
        return
    given = call.arguments
    kind = getattr(bpy.types, given["listtype_name"])
    for index, item in enumerate(getattr(given["dataptr"], given["propname"])):
        layout = Recorder()
        kind.draw_item(
            SimpleNamespace(), Context(), layout, given["dataptr"], item, 0, given["active_dataptr"],
            given["active_propname"], index,
        )  # fmt: skip
        yield from (_seen(drawn) for drawn in layout)


def _seen(call: Any) -> dict[str, Any]:
    seen = {"what": call.what, "text": call.text, "alert": call.alert, "enabled": call.enabled}
    if call.what == "operator":
        name = call.arguments["operator"]
        group, _, verb = name.partition(".")
        possible = getattr(getattr(bpy.ops, group), verb).poll()
        seen |= {"operator": name, "possible": possible, "set": dict(call.settings)}
    if call.what == "prop":
        seen["property"] = call.arguments["property"]
    return seen


def _memory() -> str:
    """Return all that the scene's settings hold, and how many data-blocks there are."""

    def held(group: Any) -> Any:
        values = []
        for item in group.bl_rna.properties:
            value = getattr(group, item.identifier)
            if item.type == "COLLECTION":
                value = [held(each) for each in value]
            values.append((item.identifier, repr(value)))
        return values

    scene = bpy.context.scene
    counts = [len(getattr(bpy.data, name)) for name in ("objects", "actions", "texts", "meshes", "sounds", "images")]
    return repr([held(scene.audio2blend), held(scene.audio2blend_files), counts])


def shapes(*, progress: Any) -> list[dict[str, Any]]:
    """Return how each panel is placed."""
    with extension():
        return [
            {
                "label": panel.bl_label,
                "space": panel.bl_space_type,
                "tab": panel.bl_category,
                "closed": "DEFAULT_CLOSED" in getattr(panel, "bl_options", ()),
                "parent": getattr(getattr(bpy.types, getattr(panel, "bl_parent_id", ""), None), "bl_label", ""),
                "described": bool(panel.__doc__),
            }
            for panel in panels()
        ]


def _classes(*bases: Any) -> list[Any]:
    """Return the extension's registered classes of some kinds."""
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] == "addon"]
    every = {
        cls for module in ours for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, bases)
    }
    return sorted((cls for cls in every - {*bases} if cls.is_registered), key=lambda cls: cls.__name__)


def refusals(*, progress: Any) -> dict[str, str]:
    """Return what each operator that cannot run in an empty scene says about it."""
    with extension():
        found = {}
        for cls in _classes(bpy.types.Operator):
            told: list[str] = []
            cls.poll_message_set = told.append
            if hasattr(cls, "poll") and not cls.poll(bpy.context):
                found[cls.bl_idname] = told[-1] if told else ""
        return found


def texts(*, progress: Any) -> dict[str, Any]:
    """Return all texts of the extension's classes, the German ones, and what has no tooltip."""
    with extension():
        from addon.panels import translations

        untold, found = [], set()
        for cls in _classes(bpy.types.Operator):
            about = operator_type(cls.bl_idname)
            found |= {about.name, about.description}
            untold += [] if about.description else [cls.bl_idname]
        for cls in _classes(bpy.types.Panel):
            found.add(cls.bl_label)
        owners = [(cls.bl_idname, operator_type(cls.bl_idname)) for cls in _classes(bpy.types.Operator)]
        owners += [
            (cls.__name__, cls.bl_rna) for cls in _classes((bpy.types.PropertyGroup, bpy.types.AddonPreferences))
        ]
        for owner, about in owners:
            for item in about.properties:
                blenders = bpy.types.PropertyGroup.bl_rna.properties.get(item.identifier)
                if (
                    item.is_hidden
                    or item.identifier == "bl_idname"
                    or (blenders and blenders.description == item.description)
                ):
                    continue
                found |= {item.name, item.description}
                untold += [] if item.description else [f"{owner}.{item.identifier}"]
                if item.type == "ENUM" and item.identifier not in {"preset", "look"}:  # whose items are names
                    found |= {text for choice in item.enum_items for text in (choice.name, choice.description)}
        german = {message for _, message in translations.TEXTS["de_DE"]}
        return {"untold": untold, "texts": sorted(found - {""}), "german": sorted(german)}
