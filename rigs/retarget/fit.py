"""A clip onto a rig: by a map, by the names of the rig's shapes and bones, or by geometry."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from audio2blend import wording
from audio2blend.clip import Clip
from audio2blend.errors import InputError

from ..builtin import builtin
from ..rig import Rig
from ..still import still_shapes
from ..surface.transfer import transfer
from .duplicates import without_copies
from .lips import driven_joints, stiff_jaws
from .names import Match, match
from .retarget import BONE_CHANNEL, Retarget, Target
from .solver import Solved, Solver
from .with_joints import by_shape_and_joints

ENOUGH: Final = 0.25
"""Names of shapes that show so much of ARKit are believed, those of shapes and bones together if they show twice it."""
_OPENS: Final = 0.3
"""A shape opens the mouth if jawOpen moves it by more than this."""
_LEAST: Final = 0.15
"""Shapes that show less of our face than this are not those of a face."""
_SEEN: Final = 0.2
"""A mouth whose shapes show less of what jawOpen does cannot open."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """How a rig is driven: `fit(clip)` returns a clip of ARKit channels in the rig's own."""

    rig: Rig
    """The rig; with shapes that were made for it where it had none."""
    retarget: Retarget
    """The map, with those targets alone that the rig has."""
    solver: Solver | None = None
    """What holds the weights to what the rig's mesh allows, where the map asks for it."""
    found: Match | Solved | None = None
    """The match by name or geometry; None where a map was given."""
    left_out: tuple[str, ...] = ()
    """Names of targets that the map has and the rig has not."""
    notes: tuple[str, ...] = ()
    """What a person should know about how the map was found."""
    mute: str = ""
    """Why nothing opens the mouth, and the cure, in a sentence; empty if something does, or a map was given that was
    not to."""

    def __call__(self, clip: Clip) -> Clip:
        """Return a clip of ARKit channels in the rig's own; raises InputError if it has none of the sources."""
        return self.retarget(clip, self.solver)


def onto(clip: Clip, rig: Rig, retarget: Retarget | None = None) -> Clip:
    """Return a clip of ARKit channels in the rig's own, as `fit` finds them.

    Raises InputError as `fit` does.

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[0.5]], channels=("jawOpen",), frame_rate=Fraction(60))
    >>> onto(clip, Rig(name="hero", shapes=("Jaw_Open", "Hair"))).channels
    ('Jaw_Open',)
    """
    return fit(rig, retarget)(clip)


def by_name(rig: Rig) -> Match:
    """Return the map onto a rig by the names of its shapes and bones; shapes that repeat others rest, and so does a
    jaw that leaves the lips behind. Shapes that move nothing count as absent."""
    return without_copies(match(rig.shapes, driven_joints(rig), name=rig.name, still=still_shapes(rig)), rig)


def fit(rig: Rig, retarget: Retarget | None = None) -> Fit:
    """Return how a rig is driven.

    A map is taken as far as the rig has its targets. Without one the rig is matched by name, if the names show
    `ENOUGH` of ARKit or at least half of the shapes are known by name, and if one of them opens the mouth or no unknown
    one does. Else shapes and the rotation of the jaw are matched by geometry, once the face is found, and the eyes by
    name. A mesh without shapes, whose jaw no bone opens, is given the 52 of our head.

    Where nothing opens the mouth, `Fit.mute` says why.

    Raises InputError if nothing drives the rig: no shape moves anything, or no name is known and no face is found that
    shapes move.
    """
    if _is_bare(rig, retarget):
        made = transfer(builtin(), rig)
        note = f"it has no shapes, so the {len(made.shapes)} of our head were made for its mesh"
        if stiff := stiff_jaws(rig):
            note = f"its bone {stiff[0]} leaves the lips behind without the constraints that its program has; {note}"
        held = fit(made, retarget)
        return replace(held, notes=(note, *held.notes))
    if retarget is not None:
        return _by_map(rig, retarget)
    found = by_name(rig)
    empty = _empty(rig, found)
    if empty and match(rig.shapes).retarget.targets:
        raise InputError(empty)
    if names_tell(rig, found):
        if not found.retarget.targets:
            names = f" ({wording.listed(rig.shapes, most=4)})" if rig.shapes else ""
            raise InputError(
                f"none of the {len(rig.shapes)} shape names of rig '{rig.name}' is known{names}; "
                f"give them channels in a map: {wording.current().write_map}"
            )
        return Fit(rig=rig, retarget=found.retarget, found=found, mute=_mute(rig, found))
    why = f"its names show {found.score:.0%} of ARKit" if found.retarget.targets else "none of its names is known"
    if mute := _known(rig, found):
        why = "its names do not show what opens the mouth"
    try:
        solved = by_shape_and_joints(builtin(), rig)
        opening = [target.name for target in solved.retarget.targets if target.sources.get("jawOpen", 0) > _OPENS]
        if mute and not {*opening} & {*found.unknown}:
            raise InputError("none of the others does")
        if solved.score < _LEAST:
            raise InputError(
                f"the shapes of rig '{rig.name}' show {solved.score:.0%} of a speaking face; "
                f"{wording.current().make_shapes}"
            )
    except InputError as error:
        if not found.retarget.targets:
            raise InputError(
                "; ".join(filter(None, [f"none of its shape names is known, and {error}", empty]))
            ) from None
        why = f"{why}, but {error}"
        return Fit(rig=rig, retarget=found.retarget, found=found, notes=(why,), mute=_mute(rig, found, why))
    return Fit(
        rig=rig,
        retarget=solved.retarget,
        solver=solved.solver,
        found=solved,
        notes=(f"{why}, so it is matched by geometry",),
        mute=""
        if solved.likeness.get("jawOpen", 0) >= _SEEN
        else f"no shape of rig '{rig.name}' opens its mouth; {_open_it()}",
    )


def _empty(rig: Rig, found: Match) -> str:
    """Return that none of a rig's shapes moves anything, and no bone in their place; nothing if one does."""
    if found.retarget.targets or not rig.shapes or len(found.still) < len(rig.shapes):
        return ""
    return (
        f"{_all_of(rig.shapes)} of rig '{rig.name}' moves nothing; export it again with its shapes, or "
        f"{wording.current().make_shapes}"
    )


def _mute(rig: Rig, found: Match, why: str = "") -> str:
    """Return why nothing opens the mouth of a rig that its names drive; nothing if something does."""
    if found.opens_mouth:
        return ""
    opened = {target.name for target in match(rig.shapes).retarget.targets if target.sources.get("jawOpen", 0) > 0}
    if still := [name for name in found.still if name in opened]:
        why = f"{', '.join(still)} move{'s' if len(still) == 1 else ''} nothing"
    why = why or "no name of a shape or bone that would is known"
    return f"nothing opens the mouth of rig '{rig.name}': {why}; {_open_it()}"


def _open_it() -> str:
    """Return what a person does about a mouth that nothing opens."""
    cure = wording.current().write_map
    return f"export it with the shape that does, or give one of its shapes jawOpen in a map: {cure}"


def _is_bare(rig: Rig, retarget: Retarget | None) -> bool:
    """Return whether a mesh needs shapes: it has none, and what is to drive it is no bone."""
    if rig.mesh is None or rig.shapes:
        return False
    if retarget is None:
        return "jawOpen" not in by_name(rig).shown
    return any(target.kind != "bone" and not target.at_rest for target in retarget.targets)


def names_tell(rig: Rig, found: Match) -> bool:
    """Return whether the match by name is trusted, or there is nothing else to go by."""
    if rig.mesh is None or not rig.shapes:
        return True
    return _known(rig, found) and ("jawOpen" in found.shown or not found.unknown)


def _known(rig: Rig, found: Match) -> bool:
    """Return whether enough of a rig's names are known."""
    moving = len(rig.shapes) - len(found.still)
    if (moving and 2 * len(found.unknown) <= moving) or found.score >= 2 * ENOUGH:
        return True
    return match(rig.shapes, still=found.still).score >= ENOUGH


def _by_map(rig: Rig, retarget: Retarget) -> Fit:
    """Return how a map drives a rig; of one that is a list of names bones are taken to be there."""
    bones = {joint.name for joint in rig.joints}
    kept: list[Target] = []
    left_out: list[Target] = []
    for target in retarget.targets:
        there = target.name in rig.shapes
        if target.kind == "bone" and (bone := BONE_CHANNEL.fullmatch(target.name)):
            there = bone["bone"] in bones or rig.mesh is None
        (kept if there else left_out).append(target)
    if all(target.at_rest for target in kept):
        if not left_out:
            raise InputError(f"the map '{retarget.name}' moves nothing: no target has a channel; fill it in")
        near = difflib.get_close_matches(left_out[0].name, rig.shapes, n=1)
        raise InputError(
            f"rig '{rig.name}' has none of the names that the map '{retarget.name}' moves, such as "
            f"{left_out[0].name}" + (f" (did you mean {near[0]}?)" if near else "") + "; use the map of this rig"
        )
    still = set(still_shapes(rig))
    moving = [target for target in kept if target.name not in still]
    if all(target.at_rest for target in moving):
        raise InputError(
            f"the map '{retarget.name}' moves nothing: {_all_of([t.name for t in kept if not t.at_rest])} of rig "
            f"'{rig.name}' that it names is empty; export the rig again with its shapes"
        )
    mute = ""
    if _opens(retarget.targets) and not _opens(moving):
        mute = (
            f"nothing opens the mouth of rig '{rig.name}': what the map names for it, the rig has not, or it is "
            "empty; give another of its shapes jawOpen there"
        )
    return Fit(
        rig=rig,
        mute=mute,
        retarget=replace(retarget, targets=tuple(kept)),
        solver=by_shape_and_joints(builtin(), rig).solver if retarget.solve and rig.mesh is not None else None,
        left_out=tuple(target.name for target in left_out),
        notes=("the map's solve needs a mesh, and this is a list of names",) if retarget.solve and not rig.mesh else (),
    )


def with_rest(found: Match | Solved) -> Retarget:
    """Return a match as a map to edit: with the shapes that nothing moves, so that a person can give them channels."""
    if isinstance(found, Solved):
        return found.retarget
    rest = [Target(name=name, comment="not known: give it channels") for name in found.unknown]
    rest += [Target(name=name, comment="rests, since others show the same") for name in found.resting]
    rest += [Target(name=name, comment="moves nothing") for name in found.still]
    return replace(found.retarget, targets=(*found.retarget.targets, *rest))


def _opens(targets: Iterable[Target]) -> bool:
    """Return whether one of some targets opens the mouth."""
    return any(target.sources.get("jawOpen", 0) > 0 for target in targets)


def _all_of(shapes: Sequence[str]) -> str:
    return f"the one shape, {shapes[0]}," if len(shapes) == 1 else f"each of the {len(shapes)} shapes"
