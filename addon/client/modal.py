"""Operators whose work is done in the child process: with a live window, progress and Esc, or waiting in scripts."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import bpy

from ..scene import snapshot
from ..state import preferences
from .reports import allows, guarded, sentence
from .service import Call, Service, raised

_TICK_S: Final = 0.03
"""How often a window's operator looks for news."""
_SLICE_S: Final = 0.03
"""How long the window may wait for a slice of work in Blender itself."""

Request = tuple[str, dict[str, Any]]
_Work = Generator[bool, None, set[str]]
"""Yields whether there is more to do right now; False: wait a moment."""


class ServiceOperator:
    """What operators with work for the child process share; derive from this and from `bpy.types.Operator`.

    In a window the work goes on while the user goes on, and Esc or the operator `audio2blend.cancel` ends it; in the
    background and from scripts the call returns when it is done, with the same result. One runs at a time.
    """

    bl_options: set[str] = {"UNDO"}  # noqa: RUF012  # Blender wants a set
    cancelled: ClassVar[str] = "Cancelled; nothing was changed"
    """What is reported when Esc has ended it."""
    if TYPE_CHECKING:
        bl_label: str
        report: Callable[[set[str], str], None]

    def request(self, context: Any) -> Sequence[Request]:
        """Return what to ask the child process for, verbs with their arguments; nothing is fine."""
        raise NotImplementedError

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int] | None]:
        """Do the part that is too long for one moment; yield how many steps are done and how many there are.

        Yield None to wait a moment, as for a thread.

        The user goes on between two steps: keep names rather than data-blocks, and nothing that is in use half done.
        """
        return iter(())

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Put the results, one for each request, where they belong; return {"FINISHED"}."""
        raise NotImplementedError

    def discard(self) -> None:
        """Take away what `apply` has made; called where `finish` is not reached."""

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Do it all and return."""
        work = self._work(context)
        try:
            while True:
                if not next(work):
                    time.sleep(0.005)
        except StopIteration as done:
            result: set[str] = done.value
            return result
        finally:
            work.close()

    @guarded
    def invoke(self, context: Any, event: Any) -> set[str]:
        """Begin, and go on in `modal`; in the background do it all."""
        if bpy.app.background:
            return self.execute(context)
        self._begun_in = context.scene.name, context.view_layer.name
        self._running = self._work(context)
        try:
            next(self._running)  # what is wrong from the start is reported at once
        except StopIteration as done:
            result: set[str] = done.value
            return result
        manager = context.window_manager
        self._timer = manager.event_timer_add(_TICK_S, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[str]:
        """Do a slice of the work on every tick; let all other events through, but Esc."""
        state = context.window_manager.audio2blend
        if (event.type == "ESC" and event.value == "PRESS") or not state.running:
            self.cancel(context)
            self.report({"INFO"}, self.cancelled)
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        until = time.perf_counter() + _SLICE_S
        try:
            with in_scene(context, *self._begun_in):
                while next(self._running) and time.perf_counter() < until:
                    pass
        except StopIteration as done:
            self._stop_timer(context)
            result: set[str] = done.value
            return result
        except Exception as error:
            self.report({"ERROR"}, sentence(error))
            self.cancel(context)
            return {"CANCELLED"}
        return {"PASS_THROUGH"}

    def cancel(self, context: Any) -> None:
        """End what is under way; Blender calls this too, where it closes a window or opens another file."""
        with in_scene(context, *self._begun_in):
            self._running.close()
        self._stop_timer(context)

    def _stop_timer(self, context: Any) -> None:
        context.window_manager.event_timer_remove(self._timer)

    def _work(self, context: Any) -> _Work:
        state = context.window_manager.audio2blend
        state.running, state.progress, state.message = True, 0.0, self.bl_label
        calls: list[Call] = []
        finished = False
        try:
            requests = self.request(context)
            service = Service.get(preferences.get(context))
            results = []
            for verb, arguments in requests:
                call = service.submit(verb, **arguments)
                calls = [call]
                result = None
                while result is None:
                    for reply in call.poll():
                        if "error" in reply:
                            raise raised(reply)
                        if "result" in reply:
                            result = reply
                        else:
                            self._show(context, *reply["progress"])
                    if result is None:
                        yield False
                for note in result["notes"]:
                    self.report({"WARNING"}, note)
                results.append(result["result"])
            for step in self.apply(context, results):
                if step is not None:
                    self._show(context, *step)
                yield step is not None
            answer = self.finish(context, results)
            finished = True
            return answer
        finally:
            state.running = False
            for call in calls:
                call.cancel()
            if not finished:
                self.discard()
            snapshot.sweep()
            if not bpy.app.background and context.workspace is not None:
                context.workspace.status_text_set(None)
            _redraw(context)

    def _show(self, context: Any, done: int, total: int) -> None:
        """Show how far it is, in the panel and in the status bar."""
        state = context.window_manager.audio2blend
        state.progress = done / total if total else 0.0
        if not bpy.app.background and context.workspace is not None:
            context.workspace.status_text_set(f"{self.bl_label}: {state.progress:.0%} — Esc to cancel")
            _redraw(context)


def in_scene(context: Any, scene: str, layer: str) -> AbstractContextManager[Any]:
    """Return a `with` block in which a scene and a view layer are those at hand, whatever the window shows by now.

    Where they are not there any more, nothing is different in it.
    """
    found = bpy.data.scenes.get(scene)
    shown = found.view_layers.get(layer) if found is not None else None
    if shown is None or found == context.scene:
        return nullcontext()
    return cast(AbstractContextManager[Any], context.temp_override(scene=found, view_layer=shown))


def _redraw(context: Any) -> None:
    """Have our panels drawn again; the scene beside them may be costly to draw, and has not changed."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"VIEW_3D", "SEQUENCE_EDITOR"}:
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def why_not(context: Any) -> str:
    """Return why no operator of this kind can start now; "" when one can."""
    return "Another task is running; wait, or press Esc" if context.window_manager.audio2blend.running else ""


class A2B_OT_cancel(bpy.types.Operator):
    """Stop the running task; nothing is changed"""

    bl_idname, bl_label, bl_options = "audio2blend.cancel", "Cancel", {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, "" if context.window_manager.audio2blend.running else "No task is running")

    def execute(self, context: Any) -> set[str]:
        """Let the operator that runs know."""
        context.window_manager.audio2blend.running = False
        return {"FINISHED"}


CLASSES = (A2B_OT_cancel,)
