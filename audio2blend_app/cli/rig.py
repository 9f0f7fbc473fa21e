"""Inspect a character, write its map, or make shapes for it.

examples:
  audio2blend rig inspect hero.glb
      its shapes, which of ARKit's 52 channels drive them, and shapes that do not move as named
  audio2blend rig inspect hero.glb --sheet hero.png
      also a picture of every shape (needs Blender)
  audio2blend rig map hero.glb -o hero.toml
      the map onto its shapes, to edit and use with: audio2blend animate … --rig hero.glb --map hero.toml
  audio2blend rig make FaceXModel.tar.xz --identity 7 -o head.npz
      another head of a morphable model, with all its shapes
  audio2blend rig make bare.obj -o bare.npz
      a mesh without shapes, with ARKit's 52 shapes added

docs/rigs.md lists the rig files and describes the map.

Exit codes: 0 no faults found, 1 likely faults, nothing opens the mouth or no name is known, 2 wrong input.
"""

import argparse
from pathlib import Path
from typing import Any

from .. import rig


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    inspect = actions.add_parser("inspect", help="report shapes, channel mapping and likely faults")
    inspect.add_argument("rig", metavar="RIG", help="the character: .glb, .vrm, .usd, .npz, a folder of .obj files …")
    inspect.add_argument("--map", type=Path, metavar="FILE", help="check the shapes against this map")
    inspect.add_argument("--sheet", type=Path, metavar="FILE", help="draw every shape into this .png file")
    inspect.set_defaults(act=_inspect)
    draw_up = actions.add_parser("map", help="write the map onto a rig as a TOML file, to edit by hand")
    draw_up.add_argument("rig", metavar="RIG", help="the character")
    draw_up.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .toml file to write")
    draw_up.add_argument("--force", action="store_true", help="overwrite an existing map, including manual edits")
    draw_up.set_defaults(act=_map)
    make = actions.add_parser("make", help="make another head of a morphable model, or shapes for a mesh without any")
    make.add_argument("rig", metavar="RIG", help="a model with identity modes, or any mesh of a face")
    make.add_argument(
        "--identity", type=int, metavar="N", help="which head of the model to make, from 0 on"
    )  # fmt: skip
    make.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .npz file to write")
    make.set_defaults(act=_make)
    for action in (inspect, draw_up, make):
        action.add_argument(
            "--landmarks", type=Path, metavar="FILE", help="landmarks of the face as .toml, see docs/rigs.md"
        )  # fmt: skip
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def run(args: argparse.Namespace) -> Any:
    """Run the action and return its report."""
    return args.act(args)


def _inspect(args: argparse.Namespace) -> rig.InspectReport:
    return rig.inspect(rig.InspectRequest(rig=args.rig, landmarks=args.landmarks, map=args.map, sheet=args.sheet))


def _map(args: argparse.Namespace) -> rig.MapReport:
    request = rig.MapRequest(rig=args.rig, landmarks=args.landmarks, output=args.output, force=args.force)
    return rig.draw_map(request)


def _make(args: argparse.Namespace) -> rig.MakeReport:
    request = rig.MakeRequest(rig=args.rig, landmarks=args.landmarks, output=args.output, identity=args.identity)
    return rig.make(request)
