// The stage runtime in numbers. What each measure is and means stands in docs/benchmarks.md.
import { availableParallelism, loadavg } from 'node:os';
import { measureCopy } from './measures/copy.mjs';
import { measureKeys } from './measures/keys.mjs';
import { measureLatency } from './measures/latency.mjs';
import { measureMemory } from './measures/memory.mjs';
import { measureRecovery } from './measures/recovery.mjs';
import { round } from './parts/numbers.mjs';
import { onPlatform } from './parts/on-platform.mjs';
import { alignColumns } from './parts/table.mjs';

export const MEASURES = {
  copy: measureCopy,
  keys: measureKeys,
  latency: measureLatency,
  memory: measureMemory,
  recovery: measureRecovery,
};

const atLeast = (target) => ({ target: `>= ${target}`, isMet: (value) => value >= target });
const atMost = (target, unit = '') => ({
  target: `<= ${target}${unit}`,
  isMet: (value) => value <= target,
});

/** Rows of the table, in its order. */
const TARGETS = {
  vsPlainKafkajs: { title: 'copy of 1 KB records, times a plain kafkajs loop', ...atLeast(0.7) },
  vsKafkaStreams: { title: 'copy of 1 KB records, times Kafka Streams', ...atLeast(0.5) },
  serialSeconds: { title: '10,000 records of 0-5 ms, one after the other', target: 'about 22 s' },
  keyParallelSeconds: { title: 'the same with 20 keys side by side', ...atMost(2.5, ' s') },
  idleHopMsP50: { title: 'one exactly-once hop at idle, p50', ...atMost(15, ' ms') },
  idleHopMsP99: { title: 'one exactly-once hop at idle, p99', ...atMost(40, ' ms') },
  loadedHopMsP99: { title: 'one hop at 180 records/s, p99', ...atMost(80, ' ms') },
  rssMbSmall: { title: 'memory, 100,000 records of 1 KB waiting', ...atMost(400, ' MiB') },
  rssMbLarge: { title: 'memory, 1,000 documents of 5 MB, claim-checked', ...atMost(400, ' MiB') },
  rssMbInline: { title: 'memory, records of 9 MB', ...atMost(400, ' MiB') },
  recoverySeconds: { title: 'killed with -9: worked on again after', ...atMost(15, ' s') },
};

/** Runs the named measures one after the other; the result has every field of the table, null where not measured. */
export const measureRuntime = (names, options) =>
  onPlatform(options, names.includes('copy'), (context) => runMeasures(names, context));

async function runMeasures(names, context) {
  const results = Object.fromEntries(Object.keys(TARGETS).map((field) => [field, null]));
  // What else the machine does: a load of its cores and more before we begin makes every number doubtful.
  const machine = { cores: availableParallelism(), loadAverageBefore: round(loadavg()[0], 1) };
  for (const name of names) Object.assign(results, await MEASURES[name](context));
  return { ...results, machine };
}

/** For people: what was measured, what it should be, what it is. */
export function renderTable(results) {
  const rows = Object.entries(TARGETS)
    .filter(([field]) => results[field] !== null)
    .map(([field, { title, target, isMet }]) => {
      const value = results[field];
      return [title, target, String(value), isMet === undefined ? '' : isMet(value) ? 'reached' : 'MISSED'];
    });
  return alignColumns([['measure', 'target', 'measured', ''], ...rows]);
}
