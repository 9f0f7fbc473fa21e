"""Point caches: every vertex at every frame, for a mesh without shapes: .pc2 and .mdd."""

from functools import partial
from typing import Final

from ..format import Format

_cache = partial(
    Format,
    loses="the sound, the mesh itself, and channels that the rig has neither shape nor joint for",
    writer="usd_export.pointcache.cache:write",
    checker="usd_export.pointcache.cache:check",
)

PC2: Final = _cache(suffix=".pc2", title="Point cache", purpose="moving points for your mesh in 3ds Max and Blender")
MDD: Final = _cache(suffix=".mdd", title="MDD point cache", purpose="moving points for your mesh in LightWave")
