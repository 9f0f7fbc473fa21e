"""The rules of VRM that nobody else checks: bones, expressions and meta data.

After the specifications of VRM 0.0 and of VRMC_vrm 1.0 and VRMC_vrm_animation 1.0 (github.com/vrm-c/vrm-specification,
folders `specification/0.0`, `VRMC_vrm-1.0` and `VRMC_vrm_animation-1.0`, read in November 2026).
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from audio2blend.wording import listed
from rigs.readers.gltf_file import GltfFile, Json

from ..outcome import Finding, Outcome

NAME: Final = "VRM rules"
_SIDES: Final = ("left", "right")
_LIMBS: Final = ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")
REQUIRED: Final = ("hips", "spine", "head", *(side + limb for side in _SIDES for limb in _LIMBS))
REQUIRED_0: Final = ("chest", "neck", *REQUIRED)
_ABOVE: Final[Mapping[str, str]] = {
    "spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck",
    "leftEye": "head", "rightEye": "head", "jaw": "head",
    **{side + bone: above if above in ("hips", "upperChest") else side + above for side in _SIDES for bone, above in (
        ("UpperLeg", "hips"), ("LowerLeg", "UpperLeg"), ("Foot", "LowerLeg"), ("Toes", "Foot"),
        ("Shoulder", "upperChest"), ("UpperArm", "Shoulder"), ("LowerArm", "UpperArm"), ("Hand", "LowerArm"),
    )},
}  # fmt: skip
"""The bone that each hangs on; where that is not there, the one above it."""
_NEEDED_ABOVE: Final = {"upperChest": "chest"}
PRESETS: Final = (
    "happy", "angry", "sad", "relaxed", "surprised", "neutral", "aa", "ih", "ou", "ee", "oh",
    "blink", "blinkLeft", "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight",
)  # fmt: skip
_LOOKS: Final = ("lookUp", "lookDown", "lookLeft", "lookRight")
PRESETS_0: Final = (
    "neutral", "a", "i", "u", "e", "o", "blink", "joy", "angry", "sorrow", "fun", "lookup", "lookdown", "lookleft",
    "lookright", "blink_l", "blink_r", "unknown",
)  # fmt: skip
_OVERRIDES: Final = ("none", "block", "blend")
_LICENCE: Final = "https://vrm.dev/licenses/1.0/"
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "avatarPermission": ("onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"),
    "commercialUsage": ("personalNonProfit", "personalProfit", "corporation"),
    "creditNotation": ("required", "unnecessary"),
    "modification": ("prohibited", "allowModification", "allowModificationRedistribution"),
}
_CHOICES_0: Final[Mapping[str, tuple[str, ...]]] = {
    "allowedUserName": ("OnlyAuthor", "ExplicitlyLicensedPerson", "Everyone"),
    "violentUssageName": ("Disallow", "Allow"),
    "sexualUssageName": ("Disallow", "Allow"),
    "commercialUssageName": ("Disallow", "Allow"),
    "licenseName": (
        "Redistribution_Prohibited", "CC0", "CC_BY", "CC_BY_NC", "CC_BY_SA", "CC_BY_NC_SA", "CC_BY_ND", "CC_BY_NC_ND",
        "Other",
    ),
}  # fmt: skip


def validate(path: Path) -> Outcome:
    """Return in what a .vrm file is not what its version of the specification wants."""
    file = GltfFile(path)
    extensions = file.json.get("extensions", {})
    if "VRMC_vrm" in extensions:
        return Outcome(name=f"{NAME} 1.0", findings=tuple(_one(file.json, extensions["VRMC_vrm"])))
    if "VRM" in extensions:
        return Outcome(name=f"{NAME} 0.0", findings=tuple(_zero(file.json, extensions["VRM"])))
    about = Finding(
        "error", "it is a glTF file without a VRM extension; export it as VRM, or name it .glb", "extension"
    )
    return Outcome(name=NAME, findings=(about,))


def validate_animation(path: Path) -> Outcome:
    """Return in what a .vrma file is not what the specification wants."""
    content = GltfFile(path).json
    about = content.get("extensions", {}).get("VRMC_vrm_animation")
    name = f"{NAME} for animations 1.0"
    if about is None:
        return Outcome(name=name, findings=(Finding("error", "it has no VRM animation in it", "extension"),))
    return Outcome(name=name, findings=tuple(_animation(content, about)))


def _one(content: Json, about: Json) -> Iterator[Finding]:
    yield from _declared(content, "VRMC_vrm")
    if about.get("specVersion") != "1.0":
        yield Finding("error", f"specVersion is {about.get('specVersion')!r}, not '1.0'", "version")
    meta = about.get("meta", {})
    for key in ("name", "authors", "licenseUrl"):
        if not meta.get(key):
            yield Finding("error", f"meta.{key} is missing", "meta", "/extensions/VRMC_vrm/meta")
    if meta.get("authors") and not any(meta["authors"]):
        yield Finding("error", "meta.authors names nobody", "meta", "/extensions/VRMC_vrm/meta/authors")
    if meta.get("licenseUrl", _LICENCE) != _LICENCE:
        yield Finding("error", f"meta.licenseUrl is not {_LICENCE}", "meta", "/extensions/VRMC_vrm/meta/licenseUrl")
    yield from _chosen(meta, _CHOICES)
    bones = {name: bone["node"] for name, bone in about.get("humanoid", {}).get("humanBones", {}).items()}
    yield from _bones(content, bones, REQUIRED)
    kinds = about.get("expressions") or {}
    for name in (kinds.get("preset") or {}).keys() - {*PRESETS}:
        yield Finding("error", f"'{name}' is no preset expression", "expressions")
    for name in (kinds.get("custom") or {}).keys() & {*PRESETS}:
        yield Finding("error", f"the custom expression '{name}' has a preset's name", "expressions")
    for name, one in {**(kinds.get("preset") or {}), **(kinds.get("custom") or {})}.items():
        for key in ("overrideBlink", "overrideLookAt", "overrideMouth"):
            if one.get(key, "none") not in _OVERRIDES:
                yield Finding("error", f"{key} of '{name}' is {one[key]!r}", "expressions")
        for bind in one.get("morphTargetBinds") or ():
            mesh = content["nodes"][bind["node"]].get("mesh")
            yield from _bound(content, name, mesh, bind["index"], bind.get("weight"), most=1.0)


def _zero(content: Json, about: Json) -> Iterator[Finding]:
    yield from _declared(content, "VRM")
    meta = about.get("meta", {})
    for key in ("title", "author", *_CHOICES_0):
        if key not in meta:
            yield Finding("warning", f"meta.{key} is missing", "meta", "/extensions/VRM/meta")
    yield from _chosen(meta, _CHOICES_0)
    found = [
        (bone["bone"], bone["node"]) for bone in about.get("humanoid", {}).get("humanBones", ()) if bone["node"] >= 0
    ]
    if twice := {name for name, _ in found if sum(name == other for other, _ in found) > 1}:
        yield Finding("error", f"several bones are {listed(sorted(twice))}", "humanoid")
    yield from _bones(content, dict(found), REQUIRED_0)
    for group in about.get("blendShapeMaster", {}).get("blendShapeGroups", ()):
        name, preset = group.get("name", ""), str(group.get("presetName", "unknown")).lower()
        if preset not in PRESETS_0:
            yield Finding("error", f"'{preset}' is no preset expression", "expressions")
        for bind in group.get("binds") or ():
            yield from _bound(content, name, bind["mesh"], bind["index"], bind.get("weight"), most=100.0)


def _animation(content: Json, about: Json) -> Iterator[Finding]:
    yield from _declared(content, "VRMC_vrm_animation")
    if about.get("specVersion") != "1.0":
        yield Finding("error", f"specVersion is {about.get('specVersion')!r}, not '1.0'", "version")
    bones = {name: bone["node"] for name, bone in about.get("humanoid", {}).get("humanBones", {}).items()}
    if bones:
        yield from _bones(content, bones, REQUIRED)
    expressions = about.get("expressions") or {}
    preset, custom = (expressions.get(kind) or {} for kind in ("preset", "custom"))
    for name in preset.keys() - {*PRESETS} | preset.keys() & {*_LOOKS}:
        yield Finding("error", f"'{name}' is no preset expression of an animation; the gaze is lookAt", "expressions")
    for name in custom.keys() & {*PRESETS}:
        yield Finding("error", f"the custom expression '{name}' has a preset's name", "expressions")
    nodes = [one["node"] for one in (*preset.values(), *custom.values())]
    if len({*nodes}) < len(nodes):
        yield Finding("error", "two expressions share a node", "expressions")
    for node in {*nodes, *bones.values()}:
        if not 0 <= node < len(content["nodes"]):
            yield Finding("error", f"there is no node {node}", "humanoid")
    for one in content.get("animations", ()):
        for channel in one["channels"]:
            target = channel["target"]
            moved = [name for name, node in bones.items() if node == target.get("node")]
            if moved and target["path"] == "scale":
                yield Finding("error", f"the bone {moved[0]} is scaled", "humanoid")
            if moved and target["path"] == "translation" and moved[0] != "hips":
                yield Finding("error", f"the bone {moved[0]} is moved, and only hips may be", "humanoid")


def _declared(content: Json, extension: str) -> Iterator[Finding]:
    if extension not in content.get("extensionsUsed", ()):
        yield Finding("error", f"{extension} is not in extensionsUsed", "extension", "/extensionsUsed")


def _chosen(meta: Mapping[str, Any], choices: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    for key, known in choices.items():
        if key in meta and meta[key] not in known:
            yield Finding("error", f"meta.{key} is {meta[key]!r}; there are {listed(known, most=9)}", "meta")


def _bones(content: Json, bones: Mapping[str, int], required: Collection[str]) -> Iterator[Finding]:
    """Yield which bones are missing, shared, or hang on others than they should."""
    if missing := [name for name in required if name not in bones]:
        yield Finding("error", f"bones that VRM demands are missing: {listed(missing)}", "humanoid")
    nodes = content.get("nodes", ())
    if lost := [name for name, node in bones.items() if not 0 <= node < len(nodes)]:
        yield Finding("error", f"there is no node for the bones {listed(lost)}", "humanoid")
        return
    if len({*bones.values()}) < len(bones):
        yield Finding("error", "one node is two bones", "humanoid")
    parents = {child: parent for parent, node in enumerate(nodes) for child in node.get("children", ())}
    for name, node in bones.items():
        above = _ABOVE.get(name)
        while above is not None and above not in bones:
            above = _ABOVE.get(above)
        if above is not None and bones[above] not in _chain(parents, node):
            yield Finding("error", f"the bone {name} does not hang on {above}", "humanoid", f"/nodes/{node}")
        if any(part <= 0 for part in nodes[node].get("scale", ())):
            yield Finding("error", f"the bone {name} has a scale of 0 or less", "humanoid", f"/nodes/{node}/scale")
    for name, above in _NEEDED_ABOVE.items():
        if name in bones and above not in bones:
            yield Finding("error", f"there is {name} and no {above}", "humanoid")


def _chain(parents: Mapping[int, int], node: int) -> set[int]:
    """Return the nodes above one."""
    above: set[int] = set()
    while node in parents and parents[node] not in above:
        node = parents[node]
        above.add(node)
    return above


def _bound(content: Json, name: str, mesh: int | None, index: int, weight: Any, *, most: float) -> Iterator[Finding]:
    """Yield what is wrong with what an expression binds."""
    if mesh is None or not 0 <= mesh < len(content.get("meshes", ())):
        yield Finding("error", f"'{name}' binds a node without a mesh", "expressions")
        return
    count = max(len(part.get("targets", ())) for part in content["meshes"][mesh]["primitives"])
    if not 0 <= index < count:
        yield Finding("error", f"'{name}' binds morph target {index} of {count}", "expressions", f"/meshes/{mesh}")
    if weight is None or not 0 <= weight <= most:
        yield Finding("error", f"'{name}' binds with a weight of {weight}, not 0 to {most:g}", "expressions")
