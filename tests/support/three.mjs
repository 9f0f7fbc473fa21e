// Prints what three.js draws of a .glb file: node three.mjs FOLDER_OF_PACKAGES FILE ANIMATION TIMES_AS_JSON
// For each time the vertices of all meshes in the scene, [x, y, z, x, …] in metres, in the order of nodes and primitives.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, file, animation, times] = process.argv.slice(2);
const inside = (name) => pathToFileURL(path.join(packages, "three", name)).href;
globalThis.self = globalThis; // what a browser calls itself
const THREE = await import(inside("build/three.module.js"));
const { GLTFLoader } = await import(inside("examples/jsm/loaders/GLTFLoader.js"));

const { MeshoptDecoder } = await import(inside("examples/jsm/libs/meshopt_decoder.module.js"));

const bytes = fs.readFileSync(file);
const content = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const gltf = await new GLTFLoader().setMeshoptDecoder(MeshoptDecoder).parseAsync(content, "");
const place = (object) => gltf.parser.associations.get(object) ?? {};
const meshes = [];
gltf.scene.traverse((object) => {
  if (object.isMesh) {
    const node = place(object).nodes ?? place(object.parent).nodes;
    meshes.push({ node, primitive: place(object).primitives ?? 0, object });
  }
});
meshes.sort((a, b) => a.node - b.node || a.primitive - b.primitive);

const mixer = new THREE.AnimationMixer(gltf.scene);
const action = mixer.clipAction(gltf.animations.find((one) => one.name === animation));
action.setLoop(THREE.LoopOnce);
action.clampWhenFinished = true; // the last key is rounded to single precision, and the time asked for is not
action.play();
const point = new THREE.Vector3();
const frames = JSON.parse(times).map((time) => {
  mixer.setTime(time);
  gltf.scene.updateMatrixWorld(true);
  const drawn = [];
  for (const { object } of meshes) {
    object.skeleton?.update();
    for (let i = 0; i < object.geometry.attributes.position.count; i++) {
      object.getVertexPosition(i, point).applyMatrix4(object.matrixWorld);
      drawn.push(point.x, point.y, point.z);
    }
  }
  return drawn;
});
process.stdout.write(JSON.stringify(frames));
