"""The top floor: what people ask for, one module a verb, and the skins that ask for it.

A verb is a function `run(request) -> report` of frozen dataclasses, which knows neither a terminal nor Blender's
window: `animate`, `retarget`, `qa`, `view` and `rig`. `character`, `batch` and `manifest` serve several of them. `cli/`
is the command line and `service/` the child process of the Blender extension. Nothing below imports from here.
"""
