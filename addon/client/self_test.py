"""The self-test: what this installation has, whether it works, and what to do where it does not."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ..state import preferences
from . import modal, packages
from .modal import Request, ServiceOperator
from .reports import allows


def findings(answer: dict[str, Any], takes: Path) -> Iterator[tuple[bool, str]]:
    """Yield what the child process found, a sentence each with whether it is good news; `takes` is where they lie."""
    versions = answer["versions"]
    yield True, "Packages: " + ", ".join(f"{name} {version}" for name, version in versions.items())
    for network in answer["networks"]:
        if "error" in network:
            yield False, f"The network of quality {network['quality']} does not run: {network['error']}"
        else:
            yield (
                True,
                (
                    f"The network of quality {network['quality']} runs {network['speed']:.0f} times as fast as speech "
                    f"on {network['provider'].removesuffix('ExecutionProvider')}"
                ),
            )
    for device, reason in answer["devices"].items():
        yield True, f"The device {device} {'is not to be had here' if reason else 'works'}"
    if "usd-core" not in versions:
        yield False, "USD cannot be written: usd-core is missing; install the extension's zip for this platform"
    yield True, f"The extension takes {packages.size_mb():.0f} MB"
    kept = list(takes.glob("*.npz"))
    size_mb = sum(path.stat().st_size for path in kept) / 1e6
    yield True, f"Results in {takes}: {len(kept)}, {size_mb:.1f} MB"


class A2B_OT_self_test(ServiceOperator, bpy.types.Operator):
    """Test the networks and devices of this installation and show the results"""

    bl_idname, bl_label, bl_options = "audio2blend.self_test", "Test This Installation", {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, modal.why_not(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for a test with what the preferences say."""
        chosen = preferences.get(context)
        weights = bpy.path.abspath(chosen.weights) if chosen.weights else ""
        return [("self_test", {"device": chosen.device, "weights": weights, "threads": chosen.threads})]

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report and keep what was found."""
        found = list(findings(results[0], preferences.takes_folder(context)))
        for good, text in found:
            self.report({"INFO"} if good else {"WARNING"}, text)
        context.window_manager.audio2blend_findings = "\n".join(f"{'+' if good else '-'}{text}" for good, text in found)
        return {"FINISHED"}


def draw(layout: Any, context: Any) -> None:
    """Show the button, and what the last test found."""
    row = layout.row()
    row.scale_y = 1.4
    row.operator(A2B_OT_self_test.bl_idname, icon="CHECKMARK")
    state = context.window_manager.audio2blend
    if state.running:
        layout.progress(factor=state.progress, text=state.message)
    elif kept := context.window_manager.audio2blend_findings:
        column = layout.box().column(align=True)
        for line in kept.splitlines():
            column.label(text=line[1:], icon="CHECKMARK" if line[0] == "+" else "ERROR", translate=False)


CLASSES = (A2B_OT_self_test,)


def register() -> None:
    """Give the window a place for what was found; it is not saved."""
    bpy.types.WindowManager.audio2blend_findings = StringProperty(options={"SKIP_SAVE"})


def unregister() -> None:
    """Take it away."""
    del bpy.types.WindowManager.audio2blend_findings
