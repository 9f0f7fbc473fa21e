"""Import curves into Unreal as an animation sequence of a skeleton that you have.

In Unreal 5, with the Python Editor Script Plugin, type into the command line at the bottom (its mode set to Cmd):

    py "C:/lines/unreal_import.py" C:/lines/line.metahuman.csv /Game/Hero/Hero_Skeleton /Game/Lines

The file is a .metahuman.csv or a Live Link .csv by audio2blend. Curves drive morph targets and controls of their names.
Written after Epic's documentation of the Python API; not run in Unreal here.
"""

import csv
import sys
from pathlib import Path


def curves(path):
    """Return the times of all frames in seconds, and the values of every curve by name."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    if rows[0][0] in ("Name", "---"):
        times = [float(cell) for cell in rows[0][1:]]
        return times, {row[0]: [float(cell) for cell in row[1:]] for row in rows[1:]}
    times = [_seconds(row[0]) for row in rows[1:]]
    return times, {name: [float(row[i]) for row in rows[1:]] for i, name in enumerate(rows[0]) if i > 1}


def _seconds(timecode):
    """Return the time of HH:MM:SS:FF.mmm, where FF counts sixtieths of a second."""
    hours, minutes, seconds, frames = timecode.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(frames) / 60


def import_curves(path, skeleton, folder):
    """Make an animation sequence called as the file, with all its curves, and save it."""
    import unreal

    times, values = curves(path)
    factory = unreal.AnimSequenceFactory()
    factory.set_editor_property("target_skeleton", unreal.load_asset(skeleton))
    name = Path(path).name.split(".")[0]
    sequence = unreal.AssetToolsHelpers.get_asset_tools().create_asset(name, folder, unreal.AnimSequence, factory)
    library = unreal.AnimationLibrary
    for curve, numbers in values.items():
        library.add_curve(sequence, curve, unreal.RawCurveTrackTypes.RCT_FLOAT, False)
        library.add_float_curve_keys(sequence, curve, times, numbers)
    unreal.EditorAssetLibrary.save_loaded_asset(sequence)
    unreal.log(f"{len(values)} curves of {len(times)} frames are in {folder}/{name}")


if __name__ == "__main__":
    import_curves(*sys.argv[1:4])
