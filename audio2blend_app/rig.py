"""Looking at a rig before it is animated, writing its map, and making heads."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

import rigs
from audio2blend import wording
from audio2blend.errors import InputError
from audio2blend.files import spare
from render_farm.contact_sheet import draw
from rigs import Rig
from rigs.builtin import named
from rigs.inspect import suspects
from rigs.retarget import Fit, Retarget, by_name, fit, landmarks, read, transfer, with_rest, write


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectRequest:
    """Which rig is to be looked at."""

    rig: str
    landmarks: Path | None = None
    """A .toml file that says where the face is."""
    map: Path | None = None
    """The map to hold the shapes against, in place of their names."""
    sheet: Path | None = None
    """A .png file to draw every shape into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRequest:
    """Onto which rig a map is to be written."""

    rig: str
    output: Path
    landmarks: Path | None = None
    force: bool = False
    """Write over a map that is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRequest:
    """Which head is to be made."""

    rig: str
    """A morphable model, or a mesh without shapes."""
    output: Path
    landmarks: Path | None = None
    identity: int | None = None
    """Another number from 0 on, another head of the model."""


def _load(path: str, places: Path | None) -> Rig:
    """Return the rig, with the landmarks that are named."""
    rig = rigs.load(path, bare=True)
    return rig if places is None else replace(rig, landmarks=landmarks.read(places, rig))


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
    """Share of ARKit that arrives: of its 52 channels by name, a fallback counting half, or of what they do on our
    face by shape; None if a map was named."""
    channels: dict[str, list[str]] = field(default_factory=dict)
    """Which of the rig's shapes and bones each ARKit channel drives."""
    unknown: list[str] = field(default_factory=list)
    """Shapes that no preset knows, or that the map leaves alone."""
    mute: str = ""
    """Why nothing opens the mouth; empty if something does."""
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
        """One sentence for everything that is suspicious, and one if nothing opens the mouth."""
        mute = self.mute if self.channels else f"no channel reaches it: {self.mute}"
        return [f"{self.rig}: {sentence}" for sentence in (*filter(None, [mute]), *self.suspicious)]


def inspect(request: InspectRequest) -> InspectReport:
    """Report what a rig has, how it is driven, and likely faults."""
    rig = _load(request.rig, request.landmarks)
    held, words = _held(rig) if request.map is None else _by_map(rig, request.map)
    moved = {target.name for target in held.retarget.targets if not target.at_rest}
    channels: dict[str, list[str]] = {}
    for target in held.retarget.targets:
        for source, gain in target.sources.items():
            if gain:
                channels.setdefault(source, []).append(target.name)
    if request.sheet is not None:
        draw(held.rig, request.sheet, with_other=_on_its_jaw(held.rig, held.retarget))
    sentences = [suspect.sentence for suspect in suspects(held.rig, held.retarget)]
    return InspectReport(
        rig=request.rig,
        shapes=list(rig.shapes),
        bones=[joint.name for joint in rig.joints],
        mesh=_mesh(rig),
        identity_modes=0 if rig.mesh is None or rig.mesh.identity is None else len(rig.mesh.identity),
        notes=list(rig.notes),
        map=None if request.map is None else str(request.map),
        words=words,
        score=None if held.found is None else round(held.found.score, 3),
        channels=channels,
        unknown=[shape for shape in rig.shapes if shape not in moved]
        if held.found is None
        else list(held.found.unknown),
        mute=held.mute,
        suspicious=sentences,
        sheet=None if request.sheet is None else str(request.sheet),
        exit_code=int(bool(sentences) or not channels or bool(held.mute)),
    )


def _held(rig: Rig) -> tuple[Fit, list[str]]:
    """Return how a rig is driven, and that in words; where nothing drives it, why."""
    try:
        held = fit(rig)
    except InputError as error:
        found = by_name(rig)
        return Fit(rig=rig, retarget=found.retarget, found=found, mute=str(error)), [str(error)]
    return held, [*held.notes, *str(held.found).splitlines()]


def _by_map(rig: Rig, path: Path) -> tuple[Fit, list[str]]:
    """Return how a map drives a rig, and that in words."""
    held = fit(rig, read(path))
    moved = {target.name for target in held.retarget.targets if not target.at_rest}
    alone = len(set(held.rig.shapes) - moved)
    words = [*held.notes, f"{path} moves {len(moved)} shapes and bones, and leaves {alone} shapes alone"]
    if held.left_out:
        words.append(f"names in it that the rig has not: {', '.join(held.left_out)}")
    return held, words


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


def draw_map(request: MapRequest) -> MapReport:
    """Write the map onto a rig. Raises InputError for one that is there already, and for a rig that nothing drives."""
    output: Path = request.output
    if output.suffix.lower() != ".toml":
        raise InputError(f"{output}: a map must be a .toml file; give it that suffix")
    if os.path.exists(output) and not request.force:
        raise InputError(f"{output} already exists; name another file, or {wording.current().replace_file}")
    rig = _load(request.rig, request.landmarks)
    held, words = _held(rig)
    assert held.found is not None  # no map was given
    retarget = with_rest(held.found)
    if not retarget.targets:
        raise InputError(f"{request.rig}: it has neither shapes nor bones that are known; export it with its shapes")
    write(retarget, output)
    moved = len(held.retarget.targets)
    return MapReport(rig=request.rig, output=str(output), words=words, moved=moved, exit_code=int(not moved))


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReport:
    """A head that was made."""

    rig: str
    output: str
    shapes: int
    """How many shapes it has."""
    made: bool
    """Whether they were made for it, after our head's, and are not its own."""
    coefficients: list[float]
    """What each identity mode of a model counts, in standard deviations."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        modes = f" of {len(self.coefficients)} identity modes" if self.coefficients else ""
        made = f"{self.shapes} shapes made for its mesh after our head's" if self.made else f"{self.shapes} shapes"
        return f"{self.rig}: a head{modes} with {made}\nwritten  {self.output}"


def make(request: MakeRequest) -> MakeReport:
    """Make a head and save it."""
    if request.identity is not None and request.identity < 0:
        typed = wording.current().setting("identity", request.identity)
        raise InputError(f"{typed} is negative; heads are numbered from 0 on")
    if request.output.suffix.lower() != ".npz":
        raise InputError(f"{request.output}: a head must be an .npz file; give it that suffix")
    spare([request.rig], [request.output])
    rig = _load(request.rig, request.landmarks)
    numbers: list[float] = []
    if request.identity is not None:
        coefficients = rigs.random_identity(rig, request.identity)
        rig = rigs.with_identity(rig, coefficients)
        numbers = [round(float(number), 4) for number in coefficients]
    made = not rig.shapes or (request.identity is None and named(request.rig) is None)
    if made:
        rig = transfer(rigs.builtin(), rig)
    rigs.save(replace(rig, name=request.output.stem), request.output)
    return MakeReport(
        rig=request.rig, output=str(request.output), shapes=len(rig.shapes), made=made, coefficients=numbers
    )
