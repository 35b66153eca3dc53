// Copies the browser assets that package-lock.json pins into the tree, with their licences and hashes.
//
//   npm ci --ignore-scripts && node tools/assets.mjs
//
// What it writes is committed, so setting up and running Zhoudao needs no Node. To move to a newer version:
// `npm install --ignore-scripts htmx.org@2`, run this, change the folder's name where templates name it, run the tests.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SHIPPED = "src/zhoudao/core/look/static/vendor";
const TESTS_ONLY = "tests/browser/vendor";

const WANTED = [
  { name: "htmx.org", folder: "htmx", to: SHIPPED, files: ["dist/htmx.min.js"] },
  {
    name: "maplibre-gl", folder: "maplibre-gl", to: SHIPPED,
    files: ["dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"],
    // Built into its files: their licences travel with it.
    bundles: true,
  },
  { name: "dexie", folder: "dexie", to: SHIPPED, files: ["dist/modern/dexie.min.mjs"] },
  // Reads a QR code where the browser has no BarcodeDetector.
  { name: "jsqr", folder: "jsqr", to: SHIPPED, files: ["dist/jsQR.js"] },
  // Draws the code of what a holder shows of a certificate, which is made on their device.
  { name: "lean-qr", folder: "lean-qr", to: SHIPPED, files: ["index.mjs"] },
  // Checks SM2 signatures, which WebCrypto doesn't know.
  { name: "sm-crypto", folder: "sm-crypto", to: SHIPPED, files: ["dist/sm2.js"], bundles: true },
  // The money graph. graphology holds it, sigma draws it, and an edge that has one coming back is bent.
  { name: "graphology", folder: "graphology", to: SHIPPED, files: ["dist/graphology.umd.min.js"], bundles: true },
  { name: "sigma", folder: "sigma", to: SHIPPED, files: ["dist/sigma.min.js"], bundles: true },
  {
    name: "@sigma/edge-curve", folder: "sigma-edge-curve", to: SHIPPED, files: ["dist/sigma-edge-curve.esm.js"],
    // It names packages, which a browser can't find; the page has them as one global.
    globals: { "sigma/rendering": "Sigma.rendering", "sigma/utils": "Sigma.utils" },
  },
  { name: "axe-core", folder: "axe-core", to: TESTS_ONLY, files: ["axe.min.js"] },
];

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
for (const [path, entry] of Object.entries(lock)) {
  if (entry.resolved) throw new Error(`package-lock.json: ${path} carries a download address; expected none (see .npmrc)`);
}

function licenceOf(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  return name ? readFileSync(join(folder, name), "utf8").trim() : "";
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Names of every package that `name` depends on, itself not included. */
function dependencies(name, seen = new Set()) {
  for (const next of Object.keys(lock[`node_modules/${name}`].dependencies ?? {})) {
    if (!seen.has(next) && !next.startsWith("@types/")) {
      seen.add(next);
      dependencies(next, seen);
    }
  }
  return [...seen].sort();
}

const notice = { [SHIPPED]: [], [TESTS_ONLY]: [] };
for (const root of [SHIPPED, TESTS_ONLY]) rmSync(root, { recursive: true, force: true });
for (const { name, folder, to, files, bundles, globals = {} } of WANTED) {
  const source = join("node_modules", name);
  if (!existsSync(source)) throw new Error(`${source} is missing; run: npm ci --ignore-scripts`);
  const { version, license } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const target = join(to, `${folder}-${version}`);
  mkdirSync(target, { recursive: true });
  for (const file of files) {
    let content = readFileSync(join(source, file), "utf8");
    // The maps are not shipped, and a comment that points at them only makes browsers ask for a missing file.
    content = content.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n");
    for (const [from, object] of Object.entries(globals)) {
      content = content.replace(new RegExp(`import (\\{[^}]+\\}) from '${from}';`), `const $1 = ${object};`);
    }
    writeFileSync(join(target, file.split("/").at(-1)), content);
  }
  writeFileSync(join(target, "LICENSE.txt"), licenceOf(source) + "\n");
  notice[to].push(`| ${name} | ${version} | ${license} | \`${folder}-${version}/LICENSE.txt\` |`);
  if (bundles) {
    const parts = dependencies(name).map((part) => {
      const { version: partVersion, license: partLicense } = JSON.parse(
        readFileSync(join("node_modules", part, "package.json"), "utf8"));
      notice[to].push(`| ${part} (inside ${name}) | ${partVersion} | ${partLicense} | \`${folder}-${version}/LICENSE-bundled.txt\` |`);
      return `${part} ${partVersion} (${partLicense})\n\n${licenceOf(join("node_modules", part))}\n`;
    });
    writeFileSync(join(target, "LICENSE-bundled.txt"), parts.join("\n----------------------------------------\n\n"));
  }
}

for (const [root, rows] of Object.entries(notice)) {
  writeFileSync(join(root, "NOTICE.md"), [
    "# Browser assets by others", "",
    "Copied by `tools/assets.mjs` from the packages that `package-lock.json` pins; hashes in `SHA256SUMS`.", "",
    "| package | version | licence | text |", "|---|---|---|---|", ...rows, "",
  ].join("\n"));
  const sums = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((path) => `${sha256(readFileSync(path))}  ${path.slice(root.length + 1)}\n`);
  writeFileSync(join(root, "SHA256SUMS"), sums.join(""));
  console.log(`${root}: ${sums.length} files`);
}
