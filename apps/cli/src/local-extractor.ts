import type { LoadedRules, LocalExtractor, TriedRules } from '@docstream/cli';
import { readDefinitionFile, readDefinitionLayers, type Config } from '@docstream/config';
import { DEFAULT_TENANT, documentIdOf, runIdFrom } from '@docstream/contracts';
import { systemClock, type Explanation } from '@docstream/core';
import { SHIPPED_DEFINITIONS, UNKNOWN_TYPE, readDefinitions, typeIn } from '@docstream/extraction';
import { applicationCode, createWorkerPool } from '@docstream/worker-pool';
import { randomBytes } from 'node:crypto';
import type { ExplainInput } from './explain-worker.js';

const MEBIBYTE = 1_048_576;
const OUTPUT_LIMIT_BYTES = 64 * MEBIBYTE;
const MEMORY_MB = 1_024;

/** The rules of the extractor in a worker process, with the budgets of the extractor service. */
export function createLocalExtractor(config: Config): LocalExtractor & { close(): Promise<void> } {
  const { timeoutMs, cpuMs } = config.work;
  const open = new Set<{ close(): Promise<void> }>();

  function load({ type, file }: TriedRules): LoadedRules {
    const tried = file === undefined ? undefined : readDefinitionFile(file, '--template');
    const known = readDefinitionLayers(SHIPPED_DEFINITIONS, config.extraction.definitionsFolder);
    const definitions = readDefinitions(tried === undefined ? known : [...known, tried]);
    const typeOfFile = tried?.files.map(typeIn).find((name) => name !== undefined);
    const rules = { type: type ?? typeOfFile ?? UNKNOWN_TYPE, definitions };
    return { warnings: definitions.warnings, explain: (document) => explain({ ...rules, document }) };
  }

  async function explain(input: ExplainInput): Promise<Explanation> {
    const pool = createWorkerPool<ExplainInput, Explanation>({
      function: { module: new URL('./explain-worker.js', import.meta.url), export: 'explain' },
      size: 1,
      limits: { wallMs: timeoutMs, cpuMs, memoryMb: MEMORY_MB, outputBytes: OUTPUT_LIMIT_BYTES },
      sandbox: { readable: applicationCode(new URL(import.meta.url)) },
    });
    open.add(pool);
    try {
      const context = {
        documentId: documentIdOf(DEFAULT_TENANT, new Uint8Array()),
        run: runIdFrom(systemClock.nowMs(), randomBytes(10)),
        attempt: 1,
        deadlineMs: timeoutMs,
      };
      return (await pool.run(input, context)).value;
    } finally {
      open.delete(pool);
      await pool.close();
    }
  }

  return { load, close: async () => void (await Promise.all([...open].map((pool) => pool.close()))) };
}
