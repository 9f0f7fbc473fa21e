// The character: one for each clip, side by side, seen by one camera.

import {
  AnimationMixer, Box3, Color, DirectionalLight, Group, HemisphereLight, LoopOnce, Matrix4, Mesh,
  NeutralToneMapping,
  PerspectiveCamera, Scene, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { clone } from "three/examples/jsm/utils/SkeletonUtils.js";

const FIELD = 22; // degrees, as of a portrait lens
const VIEWS = { front: [0, 0.02], half: [0.62, 0.04], side: [1.5, 0.02] }; // turned by, raised by, in radians

export class Stage {
  /** Draw into a canvas; throws an Error where there is no WebGL. */
  constructor(canvas, { centre, side, space, animations }) {
    this.canvas = canvas;
    this._renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "high-performance" });
    this._renderer.toneMapping = NeutralToneMapping;
    this._renderer.toneMappingExposure = 1.06;
    this._camera = new PerspectiveCamera(FIELD, 1, side / 100, side * 100);
    this._controls = new OrbitControls(this._camera, canvas);
    this._controls.enableDamping = false;
    this._controls.minDistance = side * 0.4;
    this._controls.maxDistance = side * 30;
    this._controls.addEventListener("change", () => this.invalidate());
    this._centre = new Vector3(...centre);
    this._side = side;
    this._space = new Matrix4().set(
      space[0], space[3], space[6], 0, space[1], space[4], space[7], 0, space[2], space[5], space[8], 0, 0, 0, 0, 1,
    );
    this._names = animations;
    this._faces = [];
    this._pending = false;
    this.shown = 1;
    this.time = 0; // of what is drawn, in seconds
    this.view("front");
  }

  /** Read the character from the bytes of a .glb file. */
  async load(bytes) {
    const loader = new GLTFLoader();
    loader.setMeshoptDecoder(MeshoptDecoder);
    const gltf = await loader.parseAsync(bytes, "");
    const clips = await Promise.all(this._names.map((name) => bound(gltf, name)));
    unskin(gltf.scene);
    gltf.scene.traverse((part) => (part.name = part.uuid)); // a copy keeps names alone
    clips.forEach((clip, index) => this._add(index ? clone(gltf.scene) : gltf.scene, clip));
    this.resize();
    this.seek(0);
  }

  _add(model, clip) {
    const scene = new Scene();
    const sky = new HemisphereLight(new Color(0xffffff), new Color(0xb3aba2), 2.0);
    const key = new DirectionalLight(new Color(0xfff4e6), 1.9);
    const fill = new DirectionalLight(new Color(0xdbe7ff), 0.55);
    key.position.set(-0.7, 1.0, 1.25);
    fill.position.set(1.2, 0.25, 0.7);
    const turned = new Group();
    turned.matrixAutoUpdate = false;
    turned.matrix.copy(this._space);
    turned.add(model);
    scene.add(sky, key, fill, turned);
    model.traverse((part) => {
      if (part.isMesh) part.frustumCulled = false; // bounds do not know of bones and shapes
      if (part.isLight || part.isCamera) part.visible = false;
    });
    const mixer = new AnimationMixer(model);
    const action = clip ? mixer.clipAction(clip) : null;
    if (action) {
      action.setLoop(LoopOnce, 1);
      action.clampWhenFinished = true;
      action.play();
    }
    this._faces.push({ scene, model, mixer, action });
  }

  /** Show so many of the characters, 1 or 2. */
  show(count) {
    this.shown = Math.min(count, this._faces.length);
    this.resize();
  }

  /** Pose the characters as they are at a time in seconds. */
  seek(time) {
    this.time = time;
    for (const { mixer, action } of this._faces) {
      if (!action) continue;
      action.paused = false;
      action.enabled = true;
      action.time = Math.min(Math.max(time, 0), action.getClip().duration);
      mixer.update(0);
    }
    this.invalidate();
  }

  /** Look from one of VIEWS. */
  view(name) {
    const [around, above] = VIEWS[name];
    const distance = (this._side / 2 / Math.tan((FIELD / 2) * (Math.PI / 180))) * 1.06;
    const from = new Vector3(Math.sin(around) * Math.cos(above), Math.sin(above), Math.cos(around) * Math.cos(above));
    this._camera.position.copy(this._centre).addScaledVector(from, distance);
    this._controls.target.copy(this._centre);
    this._controls.update();
    this.invalidate();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this._renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this._renderer.setSize(width, height, false);
    this._camera.aspect = width / this.shown / height;
    this._camera.fov = FIELD * Math.max(1, Math.min(1.6, 1 / this._camera.aspect)); // a narrow picture is as wide
    this._camera.updateProjectionMatrix();
    this.invalidate();
  }

  /** Draw before the next picture of the screen. */
  invalidate() {
    if (this._pending) return;
    this._pending = true;
    requestAnimationFrame(() => {
      this._pending = false;
      this.draw();
    });
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!this._faces.length || !width || !height) return;
    const renderer = this._renderer;
    renderer.setScissorTest(this.shown > 1);
    const each = width / this.shown;
    for (let index = 0; index < this.shown; index++) {
      renderer.setViewport(index * each, 0, each, height);
      renderer.setScissor(index * each, 0, each, height);
      renderer.render(this._faces[index].scene, this._camera);
    }
  }

  /** Return where the vertices of a character are, in metres in the space of the rig: [{name, positions}], by mesh. */
  vertices(index = 0) {
    const { scene, model } = this._faces[index];
    scene.updateMatrixWorld(true);
    const meshes = [];
    const point = new Vector3();
    model.traverse((mesh) => {
      if (!mesh.isMesh) return;
      const { count } = mesh.geometry.attributes.position;
      const positions = new Float32Array(count * 3);
      for (let vertex = 0; vertex < count; vertex++) {
        mesh.getVertexPosition(vertex, point);
        point.applyMatrix4(mesh.matrixWorld).toArray(positions, vertex * 3);
      }
      meshes.push({ name: mesh.name, positions });
    });
    return meshes;
  }

  /** Return the size of the character in metres. */
  get size() {
    return new Box3().setFromObject(this._faces[0].scene).getSize(new Vector3()).toArray();
  }
}

/**
 * Return the animation of a name with tracks that know what they move by its uuid.
 *
 * The loader's know it by its name. Parts of a mesh that stands in several places all have the same, so that only the
 * first would move; and a node's weights would move the meshes of the nodes below it as well.
 */
async function bound({ animations, parser }, name) {
  const index = animations.findIndex((clip) => clip.name === name);
  if (index < 0) return null;
  const { channels } = parser.json.animations[index];
  const nodes = await Promise.all(channels.map((channel) => parser.getDependency("node", channel.target.node)));
  const all = new Set(await Promise.all(parser.json.nodes.map((_, node) => parser.getDependency("node", node))));
  const clip = animations[index].clone();
  const loaded = clip.tracks.values(); // in the order of the channels
  clip.tracks = [];
  channels.forEach(({ target }, at) => {
    const moved = [];
    if (target.path === "weights") nodes[at].traverse((part) => part.morphTargetInfluences && moved.push(part));
    else moved.push(nodes[at]);
    for (const part of moved) {
      const track = loaded.next().value;
      let owner = part;
      while (!all.has(owner)) owner = owner.parent;
      if (owner !== nodes[at]) continue;
      track.name = `${part.uuid}${track.name.slice(track.name.lastIndexOf("."))}`;
      clip.tracks.push(track);
    }
  });
  return clip;
}

/** Replace meshes that share their vertices with a skinned one, and have no bones themselves, by plain ones. */
function unskin(model) {
  const boneless = [];
  model.traverse((part) => {
    if (part.isSkinnedMesh && !part.skeleton) boneless.push(part);
  });
  for (const part of boneless) {
    const plain = Mesh.prototype.copy.call(new Mesh(part.geometry, part.material), part);
    plain.uuid = part.uuid;
    part.parent.add(plain);
    part.removeFromParent();
  }
}
