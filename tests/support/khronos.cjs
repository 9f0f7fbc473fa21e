// Prints what the Khronos glTF validator reports on a .glb file, as JSON: node khronos.cjs FOLDER_OF_PACKAGES FILE
const fs = require("fs");
const path = require("path");
const [packages, file] = process.argv.slice(2);
const validator = require(path.join(packages, "gltf-validator"));
validator.validateBytes(new Uint8Array(fs.readFileSync(file))).then((report) => console.log(JSON.stringify(report)));
