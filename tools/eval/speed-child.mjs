// Runs one stage's worker function over documents that its parent sends, and answers with what that took.
import { once } from 'node:events';
import { CONTEXT, load } from './stages.mjs';

const [stage] = process.argv.slice(2);
const WARM_CALLS = 3;
const worker = await load(`apps/${stage}/dist/worker.js`);
const run = stage === 'classifier' ? worker.classify : worker.extract;
const [{ warmUp, inputs }] = await once(process, 'message');

await worker.warmUp(warmUp);
for (const input of inputs.slice(0, WARM_CALLS)) await run(input, CONTEXT);
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const outputs = [];
for (const input of inputs) outputs.push(await run(input, CONTEXT));
const wallMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
process.send({
  cpuMs: (user + system) / 1000,
  wallMs,
  chunks: outputs.map(({ chunks }) => chunks ?? 0),
  types: outputs.map(({ classification }) => classification?.type ?? 'unknown'),
  residentMb: process.memoryUsage.rss() / 1_048_576,
  peakMb: process.resourceUsage().maxRSS / 1024,
});
