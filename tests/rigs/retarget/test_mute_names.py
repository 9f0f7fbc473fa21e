"""A rig whose names are known but for the one that opens the mouth."""

from dataclasses import replace

import numpy as np
import pytest

from audio2blend.channels import ARKIT
from rigs.retarget import fit
from tests.support import other_head

STRANGER, WHICH = other_head.bent()
MOUTH = int(np.argsort(WHICH)[ARKIT.index("jawOpen")])
NAMES = tuple("あごを開く" if row == MOUTH else ARKIT[shape] for row, shape in enumerate(WHICH))


@pytest.mark.slow
def test_what_opens_the_mouth_is_found_by_what_it_does():
    held = fit(replace(STRANGER, shapes=NAMES))
    assert held.notes == ("its names do not show what opens the mouth, so it is matched by geometry",)
    (jaw,) = (target for target in held.retarget.targets if target.name == "あごを開く")
    assert max(jaw.sources, key=lambda source: jaw.sources[source]) == "jawOpen"


@pytest.mark.slow
def test_names_are_believed_where_nothing_opens_the_mouth():
    assert STRANGER.mesh is not None
    deltas = STRANGER.mesh.deltas.copy()
    deltas[MOUTH] = deltas[NAMES.index("browInnerUp")]
    held = fit(replace(STRANGER, shapes=NAMES, mesh=replace(STRANGER.mesh, deltas=deltas)))
    assert held.solver is None
    assert held.notes == ("its names do not show what opens the mouth, but none of the others does",)


def test_names_are_believed_where_all_are_known():
    """Such as those of a rig that only blinks."""
    blinks = tuple(row for row, name in enumerate(NAMES) if name.startswith("eyeBlink"))
    assert STRANGER.mesh is not None
    mesh = replace(STRANGER.mesh, deltas=STRANGER.mesh.deltas[list(blinks)])
    assert fit(replace(STRANGER, shapes=tuple(NAMES[row] for row in blinks), mesh=mesh)).notes == ()
