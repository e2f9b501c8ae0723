// Runs one stage's worker function over documents that its parent sends one by one, as a worker pool does, and answers
// with what each took.
import { CONTEXT, load } from './stages.mjs';

const [stage] = process.argv.slice(2);
const worker = await load(`apps/${stage}/dist/worker.js`);
const run = stage === 'classifier' ? worker.classify : worker.extract;

async function measure(input) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const { chunks, classification } = await run(input, CONTEXT);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    cpuMs: (user + system) / 1000,
    wallMs,
    chunks: chunks ?? 0,
    type: classification?.type ?? 'unknown',
  };
}

process.on('message', async ({ warmUp, input, isEnd }) => {
  if (isEnd) {
    const { maxRSS } = process.resourceUsage();
    process.send({ residentMb: process.memoryUsage.rss() / 1_048_576, peakMb: maxRSS / 1024 });
  } else if (input === undefined) {
    await worker.warmUp(warmUp);
    process.send('warm');
  } else {
    process.send(await measure(input));
  }
});
