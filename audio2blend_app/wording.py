"""What messages call settings and cures on the command line and in Blender."""

from typing import Final

from audio2blend.wording import Wording

_LABELS: Final = {"smooth_ms": "Smooth (ms)", "lead_ms": "Lead (ms)"}
"""Labels in Blender that do not follow from their property's name."""


def _flag(name: str, value: object) -> str:
    shown = f"{value:g}" if isinstance(value, float) else value
    return f"--{name.removesuffix('_ms').replace('_', '-')} {shown}"


def _label(name: str, value: object) -> str:
    shown = f"{value:g}" if isinstance(value, float) else value
    return f"{_LABELS.get(name, name.capitalize())} {shown}"


COMMAND_LINE: Final = Wording(
    setting=_flag,
    choose_rig="name a rig with a mesh by --rig",
    measure_on_mesh="leave out --rig",
    write_map="write one with audio2blend rig map, edit it and name it with --map",
    make_map=lambda path: f"make one with audio2blend rig map RIG -o {path}",
    make_shapes="make new ones with audio2blend rig make",
    place_landmarks=lambda names: f"name {names} in a file with --landmarks",
    inspect=lambda rig: f"see audio2blend rig inspect {rig}",
    name_origin="name the rig that the clip was made for with --from",
    replace_file="overwrite it with --force",
    choose_own=lambda suffixes: f"name a {suffixes} file by --rig",
    replace_clip="replace it by --replace",
    new_head="have the face alone written by --new-head",
    use_cpu="choose --device cpu",
    speaker="name them with --speaker",
    record_consent="record it with audio2blend consent add once they agree",
)
"""Options as they are typed."""

BLENDER: Final = Wording(
    setting=_label,
    choose_rig="choose a mesh as the Character",
    measure_on_mesh="choose a mesh as the Character",
    write_map="press Edit Map",
    make_map=lambda _path: "press Edit Map",
    make_shapes="press Make Shapes",
    place_landmarks=lambda _names: "choose the mesh of the face, with its eyeballs, as the Character",
    inspect=lambda _rig: "press Edit Map to see which",
    name_origin="choose the character that it was made for",
    replace_file="remove it first",
    choose_own=lambda _suffixes: "choose another format",
    replace_clip="rename the recording",
    new_head="choose another format",
    use_cpu="set Device to Processor in the extension's preferences",
    speaker="name them in Speaker",
    record_consent="have whoever keeps the register record it once they agree",
)
"""Labels of the panels."""
