"""Look at a character before it is animated: what its shapes are, and how ARKit's channels drive them.

examples:
  audio2blend rig inspect hero.glb
      what was found, which of ARKit's 52 channels reach it, and which shapes do not move as they are called
  audio2blend rig inspect hero.glb --sheet hero.png
      also a picture of every shape (needs Blender)
  audio2blend rig map hero.glb -o hero.toml
      the map onto its shapes, to edit by hand and to name with: audio2blend animate … --rig hero.glb --map hero.toml
  audio2blend rig make FaceXModel.tar.xz --identity 7 -o head.npz
      another head of a morphable model, with all its shapes

What is read as a rig, and what a map looks like: docs/rigs.md.

Exit codes: 0 all is well, 1 something is suspicious or no name is known, 2 wrong input.
"""

import argparse
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import rigs
from audio2blend.errors import InputError
from rigs import Rig
from rigs.retarget import Retarget, by_name, fit, read, with_rest, write
from rigs.suspects import suspects

from ..sheet import draw


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    inspect = actions.add_parser("inspect", help="tell what a rig has, how it is driven, and what is suspicious")
    inspect.add_argument("rig", metavar="RIG", help="the character: .glb, .vrm, .usd, .npz, a folder of .obj files …")
    inspect.add_argument("--map", type=Path, metavar="FILE", help="hold the shapes against this map, not their names")
    inspect.add_argument("--sheet", type=Path, metavar="FILE", help="draw every shape into this .png file")
    inspect.set_defaults(act=_inspect)
    draw_up = actions.add_parser("map", help="write the map onto a rig as a TOML file, to edit by hand")
    draw_up.add_argument("rig", metavar="RIG", help="the character")
    draw_up.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .toml file to write")
    draw_up.add_argument("--force", action="store_true", help="write over a map that is there, edits and all")
    draw_up.set_defaults(act=_map)
    make = actions.add_parser("make", help="make another head of a morphable model (FLAME, BFM, ICT FaceKit)")
    make.add_argument("rig", metavar="MODEL", help="a model with identity modes")
    make.add_argument(
        "--identity", type=int, required=True, metavar="N", help="another number from 0 on, another head"
    )  # fmt: skip
    make.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .npz file to write")
    make.set_defaults(act=_make)
    for action in (inspect, draw_up, make):
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def run(args: argparse.Namespace) -> Any:
    """Do what the arguments name and report on it."""
    return args.act(args)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshReport:
    """The mesh of a rig."""

    vertices: int
    faces: int
    materials: list[str]
    size_m: list[float]
    """Width, height and depth in metres; the height is along Y."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectReport:
    """What a rig has and how it can be driven; its text is what a person reads."""

    rig: str
    shapes: list[str]
    bones: list[str]
    mesh: MeshReport | None
    """None for a list of names."""
    identity_modes: int
    """How many numbers give other heads of a morphable model."""
    notes: list[str]
    """What was assumed, put right or left out when the rig was read."""
    map: str | None
    """The map that was named; None if names were matched."""
    words: list[str]
    """The match in words."""
    score: float | None
    """Share of ARKit's 52 channels that arrive by name, a fallback counting half; None if a map was named."""
    channels: dict[str, list[str]] = field(default_factory=dict)
    """Which of the rig's shapes and bones each ARKit channel drives."""
    unknown: list[str] = field(default_factory=list)
    """Shapes that no preset knows, or that the map leaves alone."""
    suspicious: list[str] = field(default_factory=list)
    """A sentence for each shape that does not move as it is called."""
    sheet: str | None = None
    """The picture that was drawn."""
    exit_code: int = 0

    def __str__(self) -> str:
        lines = [f"{self.rig}: {len(self.shapes)} shapes, {len(self.bones)} bones"]
        if self.mesh is None:
            lines.append("  no mesh: names alone")
        else:
            width, height, depth = self.mesh.size_m
            lines.append(
                f"  {self.mesh.vertices:,} vertices, {self.mesh.faces:,} faces, {len(self.mesh.materials)} materials; "
                f"{width:.2f} × {height:.2f} × {depth:.2f} m (wide, high, deep)"
            )
        if self.identity_modes:
            lines.append(f"  {self.identity_modes} identity modes")
        lines += [f"  note: {note}" for note in self.notes]
        lines += [f"  {word}" for word in self.words]
        if self.score is not None:
            lines.append(f"score: {self.score:.0%} of ARKit arrives")
        lines.append(f"suspicious: {len(self.suspicious) or 'nothing'}")
        lines += [] if self.sheet is None else [f"written  {self.sheet}"]
        return "\n".join(lines)

    @property
    def complaints(self) -> list[str]:
        """One sentence for everything that is suspicious."""
        nothing = [] if self.channels else [f"{self.rig}: no channel reaches it; draw up a map (audio2blend rig map)"]
        return nothing + [f"{self.rig}: {sentence}" for sentence in self.suspicious]


def _inspect(args: argparse.Namespace) -> InspectReport:
    rig = rigs.load(args.rig)
    found = by_name(rig)
    retarget, unknown, words = found.retarget, list(found.unknown), str(found).splitlines()
    if args.map is not None:
        retarget, left_out = fit(rig, read(args.map))
        moved = {target.name for target in retarget.targets if not target.at_rest}
        unknown = [shape for shape in rig.shapes if shape not in moved]
        words = [f"{args.map} moves {len(moved)} shapes and bones, and leaves {len(unknown)} shapes alone"]
        words += [f"names in it that the rig has not: {', '.join(left_out)}"] if left_out else []
    channels: dict[str, list[str]] = {}
    for target in retarget.targets:
        for source, gain in target.sources.items():
            if gain:
                channels.setdefault(source, []).append(target.name)
    if args.sheet is not None:
        draw(rig, args.sheet, with_other=_on_its_jaw(rig, retarget))
    sentences = [suspect.sentence for suspect in suspects(rig, retarget)]
    return InspectReport(
        rig=args.rig,
        shapes=list(rig.shapes),
        bones=[joint.name for joint in rig.joints],
        mesh=_mesh(rig),
        identity_modes=0 if rig.mesh is None or rig.mesh.identity is None else len(rig.mesh.identity),
        notes=list(rig.notes),
        map=None if args.map is None else str(args.map),
        words=words,
        score=round(found.score, 3) if args.map is None else None,
        channels=channels,
        unknown=unknown,
        suspicious=sentences,
        sheet=None if args.sheet is None else str(args.sheet),
        exit_code=int(bool(sentences) or not channels),
    )


def _on_its_jaw(rig: Rig, retarget: Retarget) -> dict[str, str]:
    """Return the shape that closes the lips with the one that opens the jaw, since it is seen on that alone."""
    by_channel = {
        channel: target.name
        for target in retarget.targets
        for channel, gain in target.sources.items()
        if target.name in rig.shapes and target.kind == "shape" and gain > 0
    }
    closing, jaw = by_channel.get("mouthClose"), by_channel.get("jawOpen")
    return {closing: jaw} if closing and jaw and closing != jaw else {}


def _mesh(rig: Rig) -> MeshReport | None:
    if rig.mesh is None:
        return None
    return MeshReport(
        vertices=len(rig.mesh.vertices),
        faces=len(rig.mesh.face_sizes),
        materials=[material.name for material in rig.mesh.materials],
        size_m=[round(float(side), 4) for side in np.ptp(rig.mesh.vertices, axis=0)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MapReport:
    """A map that was written."""

    rig: str
    output: str
    words: list[str]
    """The match in words."""
    moved: int
    """How many shapes and bones it moves."""
    exit_code: int = 0

    def __str__(self) -> str:
        return "\n".join([f"{self.rig}:", *(f"  {word}" for word in self.words), f"written  {self.output}"])

    @property
    def complaints(self) -> list[str]:
        """A sentence if nothing is moved."""
        if self.moved:
            return []
        return [f"{self.rig}: none of its names is known; give channels to those in {self.output}"]


def _map(args: argparse.Namespace) -> MapReport:
    output: Path = args.output
    if output.suffix.lower() != ".toml":
        raise InputError(f"{output}: a map is a .toml file; name it so")
    if output.exists() and not args.force:
        raise InputError(f"{output} is there already; name another file, or write over it with --force")
    found = by_name(rigs.load(args.rig))
    retarget = with_rest(found)
    if not retarget.targets:
        raise InputError(f"{args.rig}: it has neither shapes nor bones that are known; export it with its shapes")
    write(retarget, output)
    moved = len(found.retarget.targets)
    words = str(found).splitlines()
    return MapReport(rig=args.rig, output=str(output), words=words, moved=moved, exit_code=int(not moved))


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReport:
    """A head that was made."""

    model: str
    output: str
    coefficients: list[float]
    """What each identity mode counts, in standard deviations."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.model}: a head of {len(self.coefficients)} identity modes\nwritten  {self.output}"


def _make(args: argparse.Namespace) -> MakeReport:
    if args.identity < 0:
        raise InputError(f"--identity {args.identity}: heads are numbered from 0 on; name another number")
    if args.output.suffix.lower() != ".npz":
        raise InputError(f"{args.output}: a head is saved as .npz; name the file so")
    model = rigs.load(args.rig, bare=True)
    coefficients = rigs.random_identity(model, args.identity)
    head = replace(rigs.with_identity(model, coefficients), name=args.output.stem)
    rigs.save(head, args.output)
    numbers = [round(float(number), 4) for number in coefficients]
    return MakeReport(model=args.rig, output=str(args.output), coefficients=numbers)
