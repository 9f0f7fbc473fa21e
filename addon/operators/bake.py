"""Baking a take into an Action of the artist's own, beside the keys that it has."""

from typing import Any

import bpy

from audio2blend.errors import InputError

from ..client import modal
from ..client.reports import allows, guarded
from ..keys import actions
from ..keys.into import bake
from ..state.properties import active_speaker, active_take


def why_not_bake(context: Any) -> str:
    """Return why there is no take that could be baked; "" when there is."""
    speaker = active_speaker(context)
    take = active_take(speaker) if speaker is not None else None
    if take is None or take.action is None:
        return "There is no take yet; press Animate first"
    return modal.why_not(context) or actions.why_locked(take.action)


class A2B_OT_bake(bpy.types.Operator):
    """Bake the take's keyframes into the character's current Action or the one you choose. Keyframes outside the take, and shapes that it does not move, are kept; the take itself is muted"""  # noqa: E501

    bl_idname, bl_label, bl_options = "audio2blend.bake", "Bake into Action", {"REGISTER", "UNDO"}

    action: bpy.props.StringProperty(
        name="Action",
        description="Name of the Action; by default the speaker's choice, else the character's current one",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_bake(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Write the keys, and let the take rest."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        into = speaker.bake_into
        if self.action:
            into = bpy.data.actions.get(self.action)
            if into is None:
                raise InputError(f"there is no Action '{self.action}'; name one of this file")
        done = bake(take.action, into)
        actions.set_shown(take.action, False)
        replaced = f"; {done.replaced} keys of yours lay within it and were replaced" if done.replaced else ""
        self.report({"INFO"}, f"{take.name} is baked into {', '.join(done.names)}{replaced}")
        for name in done.unused:
            self.report({"WARNING"}, f"'{name}' plays another Action; choose {done.names[0]} in the Action editor")
        return {"FINISHED"}


CLASSES = (A2B_OT_bake,)
