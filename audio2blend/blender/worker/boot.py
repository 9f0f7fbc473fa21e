"""The first thing that runs in the child: makes our packages importable, and serves.

Blender runs this file as a script, with a Python of its own that may know neither us nor our dependencies.
"""

import os
import sys
import traceback

# Whatever prints from here on, Blender's C code included, goes to the log: the protocol owns the old stdout.
_replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

_root, _folder = sys.argv[-2:]
sys.path.append(_root)  # last, so that Blender's own numpy goes before one that was built for another Python

from audio2blend.blender.worker.serve import serve  # noqa: E402

try:
    serve(_replies, _folder)
except BaseException:
    traceback.print_exc()
finally:
    os._exit(1)  # serve never returns; Blender's own way out can wait forever
