"""What runs inside the Blender of blender_window.py: it does what files in a folder say and writes the answers."""

import json
import sys
import traceback
from pathlib import Path
from typing import Any

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
TICK_S = 0.03


def answer(code: str) -> dict[str, Any]:
    """Run the code and return what it assigned to `answer`, or the traceback."""
    names = {"bpy": bpy, "answer": None}
    try:
        exec(compile(code, "letter", "exec"), names)
    except Exception:
        return {"error": traceback.format_exc()}
    return {"value": names["answer"]}


def look() -> float:
    """Answer the oldest letter, if there is one."""
    letters = sorted(FOLDER.glob("*.py"), key=lambda letter: int(letter.stem))
    if letters:
        reply = json.dumps(answer(letters[0].read_text("utf-8")))
        letters[0].unlink()
        draft = letters[0].with_suffix(".reply")
        draft.write_text(reply, "utf-8")
        draft.rename(letters[0].with_suffix(".json"))
    return TICK_S


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(look, first_interval=0.5, persistent=True)
