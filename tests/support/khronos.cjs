// Prints what the Khronos glTF validator reports on a .glb or .gltf file, as JSON: node khronos.cjs FOLDER_OF_PACKAGES FILE
const fs = require("fs");
const path = require("path");
const [packages, file] = process.argv.slice(2);
const validator = require(path.join(packages, "gltf-validator"));
const beside = (uri) => Promise.resolve(new Uint8Array(fs.readFileSync(path.join(path.dirname(file), decodeURIComponent(uri)))));
const options = { externalResourceFunction: beside };
validator.validateBytes(new Uint8Array(fs.readFileSync(file)), options).then((report) => console.log(JSON.stringify(report)));
