"""What the Blender extension runs beside Blender, whose window never waits: `python -m audio2blend_app.service`.

It reads requests from stdin, a line of JSON each, does them one after another, and answers on stdout:

    {"id": 1, "verb": "animate", "speech": "line.wav", "output": "line.npz"}
    {"id": 1, "progress": [300, 600]}
    {"id": 1, "result": {"clip": "line.npz", …}, "notes": []}

While `batch` works, a line that is done comes along with the progress, with the notes on it:

    {"id": 1, "progress": [1, 3], "line": 0, "report": {…}, "notes": []}

A verb is a module of this package with a function `run(*, progress, …)`; what the request holds beside id and verb
are its arguments, and what it returns is the result, both of plain JSON. `notes` are sentences for the user. An error
is {"id": 1, "error": "sentence", "kind": "InputError"}, where a kind that is none of `audio2blend.errors` is a
mistake of ours. The process lives on between requests, so that a network is loaded once, until stdin is closed.
"""
