"""How messages name what cures them: an option, a button or an argument, depending on where the user stands.

The library cannot know that. It asks `wording.current()`, and whoever stands between it and the user calls
`wording.use` once, at the start of the process. Without that, messages speak to somebody who writes Python.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one surface, such as the command line; cures are clauses that follow a semicolon."""

    setting: Callable[[str, object], str]
    """A parameter of Python with a value, such as ("jaw", 99.0), as the user has set it."""
    choose_rig: str
    """Name a rig that has a mesh."""
    measure_on_mesh: str
    """Measure on the built-in head, in place of a rig without a mesh."""
    write_map: str
    """Make a map for the rig, edit it and use it."""
    make_map: Callable[[object], str]
    """Make a map at a path."""
    make_shapes: str
    """Have shapes made for the rig."""
    place_landmarks: Callable[[str], str]
    """Say where some landmarks are."""
    inspect: Callable[[str], str]
    """Look at all that is known of a rig."""
    name_origin: str
    """Name the rig that a clip was made for."""
    replace_file: str
    """Write over a file that is there."""
    choose_own: Callable[[str], str]
    """Name a character of your own, in a file of one of some suffixes."""
    replace_clip: str
    """Replace an animation that is there under the same name."""
    new_head: str
    """Have the face alone written, in place of the rig's own file."""
    use_cpu: str
    """Compute on the processor."""
    speaker: str
    """Say who speaks."""
    record_consent: str
    """Record what somebody agreed to."""


PYTHON: Final = Wording(
    setting=lambda name, value: f"{name}={value!r}",
    choose_rig="pass a rig with a mesh, such as rig=rigs.builtin()",
    measure_on_mesh="measure on rigs.builtin()",
    write_map="write one with rigs.retarget.write, edit it and pass it to rigs.retarget.fit",
    make_map=lambda _path: "make one with rigs.retarget.write",
    make_shapes="make new ones with rigs.retarget.transfer",
    place_landmarks=lambda names: f"set {names} in Rig.landmarks",
    inspect=lambda _rig: "see rigs.retarget.by_name",
    name_origin="pass the rig that the clip was made for",
    replace_file="pass force=True",
    choose_own=lambda suffixes: f"pass a rig that was loaded from a {suffixes} file",
    replace_clip="pass options with replace=True",
    new_head="pass dataclasses.replace(rig, asset=None) for the face alone",
    use_cpu='pass device="cpu"',
    speaker="pass the speaker",
    record_consent="record it with audio2blend.provenance.consent.Register.add",
)
"""What a script passes and calls."""

_current = PYTHON


def current() -> Wording:
    """Return the words in use."""
    return _current


def use(wording: Wording) -> None:
    """Use other words from now on, in the whole process."""
    global _current
    _current = wording


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return names as a sentence has them; of more than `most`, the first ones and how many more there are.

    >>> listed("abc"), listed("abcde", most=4)
    ('a, b, c', 'a, b, c and 2 more')
    """
    names = list(names)
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
