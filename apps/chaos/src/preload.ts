// Loaded into each service before its own code: `node --import <this file>?<PreloadPlan>`. Patches the built JavaScript
// as it is loaded, and lets the service die at a point that was armed.
import { readFileSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { applyPatches, isMutation, patchesFor } from './patches.js';

const plan = new URL(import.meta.url).searchParams;
const armedFile = plan.get('armed') ?? '';
const mutation = plan.get('mutation') ?? '';
const root = new URL('../../../', import.meta.url).href;
const patches = patchesFor(isMutation(mutation) ? mutation : undefined);
const files = new Set(patches.map(({ file }) => root + file));

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!files.has(url)) return loaded;
    const source = readFileSync(fileURLToPath(url), 'utf8');
    return { ...loaded, source: applyPatches(url.slice(root.length), source, patches) };
  },
});

interface Armed {
  readonly id: string;
  readonly point: string;
  readonly skip: number;
}

function readArmed(): Armed | undefined {
  try {
    return JSON.parse(readFileSync(armedFile, 'utf8')) as Armed;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

let passedId = '';
let passed = 0;

/** Called at each kill point; the file goes first, so that the next life of the service does not die as well. */
function dieAt(point: string): void {
  const armed = readArmed();
  if (armed?.point !== point) return;
  if (armed.id !== passedId) [passedId, passed] = [armed.id, 0];
  passed += 1;
  if (passed <= armed.skip) return;
  rmSync(armedFile, { force: true });
  process.kill(process.pid, 'SIGKILL');
}

Object.assign(globalThis, { docstreamDieAt: dieAt });
