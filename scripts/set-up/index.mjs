// Set-up: what a command needs, mended in order, and the environment to run it with.
import { chromiumNeed, findChromium } from './chromium.mjs';
import { installPackages } from './debian.mjs';
import { dependencies } from './dependencies.mjs';
import { psWorker, recognitionNeeds, speechNeed } from './engines.mjs';
import { currentNode, withNodeFirst } from './node.mjs';
import { postgresNeed } from './postgres.mjs';
import { webDemo } from './web-demo.mjs';
import { builtWorker, downloadedWorker, readyWorker, workerNeed } from './worker.mjs';

/** @typedef {import('./debian.mjs').Need} Need */

/**
 * @typedef {object} Ready
 * @property {string} node the Node to run with
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * Enough for the tools: a current Node and the dependencies.
 * @returns {Promise<Ready>}
 */
export async function setUpTools() {
  const node = await currentNode();
  const env = withNodeFirst(node);
  await dependencies(env);
  return { node, env };
}

/**
 * Everything that serving needs, and a browser where tests want one. Tells by environment variables what it found.
 * @param {{ browser?: boolean, insist?: boolean }} [options] insist: try again what failed lately
 * @returns {Promise<Ready>}
 */
export async function setUp({ browser = false, insist = false } = {}) {
  const { node, env } = await setUpTools();
  let worker = (await readyWorker()) ?? (await downloadedWorker(node, env));
  let chromium = browser ? await findChromium() : undefined;

  /** @type {Need[]} */
  const needs = [speechNeed, ...(await recognitionNeeds())];
  if (browser && !chromium) needs.push(chromiumNeed);
  if (browser) needs.push(postgresNeed);
  if (!worker) needs.push(workerNeed);
  await installPackages(needs, { insist });

  worker ??= await builtWorker(env);
  const recogniser = await psWorker();
  if (browser) chromium ??= await findChromium();
  await webDemo(node, env);
  const found = { MEDIASOUP_WORKER_BIN: worker, PARLEY_PS_WORKER: recogniser, PARLEY_CHROMIUM: chromium };
  for (const [name, path] of Object.entries(found)) if (path) env[name] = path;
  return { node, env };
}
