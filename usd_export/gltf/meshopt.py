"""The bytes of a glTF buffer packed by meshoptimizer, as the extension EXT_meshopt_compression has them.

The encoder is meshoptimizer's own, the npm package `meshoptimizer`, which a node runs: none that Python has is kept by
its authors. It loses nothing; what it packs well is what `coding.Integers` has made of a mesh.
"""

import json
import subprocess
from itertools import pairwise
from typing import Any, Final

from audio2blend.errors import MissingDependencyError

from .arrays import TRIANGLES, VERTICES, Arrays, Json
from .node_packages import node_with

EXTENSION: Final = "EXT_meshopt_compression"
_PACKAGE: Final = "meshoptimizer"
_MOST_STRIDE: Final = 256
_TIMEOUT_S: Final = 600
_SCRIPT: Final = """
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
const { MeshoptEncoder } = await import(pathToFileURL(path.join(process.argv[1], "meshopt_encoder.js")).href);
await MeshoptEncoder.ready;
const content = fs.readFileSync(0), end = content.indexOf(10);
let at = end + 1;
const packed = JSON.parse(content.subarray(0, end)).map(({ count, byteStride, mode }) => {
  const bytes = new Uint8Array(content.subarray(at, (at += count * byteStride)));
  return MeshoptEncoder.encodeGltfBuffer(bytes, count, byteStride, mode);
});
fs.writeSync(1, JSON.stringify(packed.map((one) => one.length)) + "\\n");
for (const one of packed) for (let done = 0; done < one.length; ) done += fs.writeSync(1, one, done);
"""


def compress(arrays: Arrays) -> list[Json]:
    """Pack the views of arrays that are all their buffer holds, and return the buffers that the file has then.

    A view that would not become smaller stays. Raises MissingDependencyError without node, or without the package.
    """
    jobs = {index: job for index in range(len(arrays.views)) if (job := _job(arrays, index))}
    packed = dict(zip(jobs, _encoded(arrays, jobs), strict=True))
    chunks, size, unpacked = [], 0, 0
    for index, view in enumerate(arrays.views):
        content = arrays.chunks[index][: view["byteLength"]]
        if index in packed and len(packed[index]) < len(content):
            about = {"buffer": 0, "byteOffset": size, "byteLength": len(packed[index]), **jobs[index]}
            view |= {"buffer": 1, "byteOffset": unpacked, "extensions": {EXTENSION: about}}
            unpacked += len(content) + -len(content) % 4
            content = packed[index]
        else:
            view["byteOffset"] = size
        chunks.append(content + bytes(-len(content) % 4))
        size += len(chunks[-1])
    arrays.chunks, arrays.size = chunks, size
    return [{"byteLength": size}, {"byteLength": unpacked, "extensions": {EXTENSION: {"fallback": True}}}]


def _job(arrays: Arrays, index: int) -> Json | None:
    """Return how a view is packed; None where the extension has no way to."""
    view, stride = arrays.views[index], arrays.strides[index]
    count, rest = divmod(view["byteLength"], stride)
    if view.get("target") == TRIANGLES:
        return {"byteStride": stride, "count": count, "mode": "TRIANGLES"}
    if rest or stride % 4 or stride > _MOST_STRIDE:
        return None
    assert view.get("target") in (VERTICES, None)
    return {"byteStride": stride, "count": count, "mode": "ATTRIBUTES"}


def _encoded(arrays: Arrays, jobs: dict[int, Json]) -> list[bytes]:
    """Return what the package makes of some views."""
    found = node_with(_PACKAGE)
    if found is None:
        raise MissingDependencyError(f"meshopt needs node and a package for it: npm install -g {_PACKAGE}")
    node, folder = found
    content = json.dumps(list(jobs.values())).encode() + b"\n"
    content += b"".join(arrays.chunks[index][: arrays.views[index]["byteLength"]] for index in jobs)
    command = [node, "--input-type=module", "-e", _SCRIPT, "--", str(folder)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        said: Any = getattr(error, "stderr", None) or b""
        last = said.decode(errors="replace").strip().splitlines()[-1:] or [type(error).__name__]
        raise MissingDependencyError(
            f"meshopt's encoder stopped ({last[0][:120]}); install it anew: npm install -g {_PACKAGE}"
        ) from None
    head, _, body = done.stdout.partition(b"\n")
    ends = [0]
    for length in json.loads(head):
        ends.append(ends[-1] + length)
    return [body[start:end] for start, end in pairwise(ends)]
