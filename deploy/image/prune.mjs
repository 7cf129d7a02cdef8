// For the image's build: takes out of node_modules what this platform never runs.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const { arch, platform } = process;
const modules = 'node_modules';

/** @param {string} folder */
const entries = (folder) => (statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : []);
/** @param {string} path */
const remove = (path) => rmSync(path, { recursive: true, force: true });

/** The same library for every system, side by side. */
const onnx = join(modules, 'onnxruntime-node', 'bin');
for (const api of entries(onnx)) {
  for (const system of entries(join(onnx, api))) if (system !== platform) remove(join(onnx, api, system));
  for (const cpu of entries(join(onnx, api, platform))) if (cpu !== arch) remove(join(onnx, api, platform, cpu));
}

/** The worker is built; its source has served. */
for (const part of ['worker', 'npm-scripts.mjs']) remove(join(modules, 'mediasoup', part));

/** Builds for graphics cards, each larger than all the rest; the image runs on processors. */
const llama = join(modules, '@node-llama-cpp');
for (const build of entries(llama)) if (/cuda|vulkan/.test(build)) remove(join(llama, build));

for (const file of readdirSync(modules, { recursive: true, encoding: 'utf8' })) {
  if (/\.(map|d\.[cm]?ts|tsbuildinfo)$/.test(file)) remove(join(modules, file));
}
