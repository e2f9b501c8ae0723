import { DocstreamError, within } from '@docstream/core';
import type { CliPorts } from './ports.js';
import { examineBlobStore, examineDatabase, examineModel, examineRegistry } from './doctor-parts.js';
import { examineKafka } from './doctor-kafka.js';

/** One thing that was looked at. `remedy` says what to do about a warn or fail. */
export interface Finding {
  readonly part: 'kafka' | 'registry' | 'database' | 'blob store' | 'model';
  readonly status: 'ok' | 'warn' | 'fail';
  readonly what: string;
  readonly remedy?: string;
}

export const PROBE_DEADLINE_MS = 6_000;

const PARTS = {
  kafka: { name: 'kafka', examine: examineKafka, variable: 'DOCSTREAM_KAFKA_BROKERS' },
  registry: { name: 'registry', examine: examineRegistry, variable: 'DOCSTREAM_SCHEMA_REGISTRY_URL' },
  database: { name: 'database', examine: examineDatabase, variable: 'DOCSTREAM_DATABASE_URL' },
  blobs: { name: 'blob store', examine: examineBlobStore, variable: 'DOCSTREAM_BLOB_STORE_URL' },
  model: { name: 'model', examine: examineModel, variable: 'DOCSTREAM_MODEL_DIR' },
} as const;

/** Looks at every part side by side; each answers or is given up after `deadlineMs`. Never throws. */
export async function examine(
  ports: CliPorts,
  deadlineMs: number = PROBE_DEADLINE_MS,
): Promise<readonly Finding[]> {
  const all = Object.entries(PARTS).map(async ([key, { name, examine: look, variable }]) => {
    const address = ports.addresses[key as keyof typeof PARTS];
    if (address === null) {
      const remedy = `Start \`npm run demo\`, or set ${variable}.`;
      return [{ part: name, status: 'fail', what: 'no address', remedy } satisfies Finding];
    }
    try {
      return await within(
        deadlineMs,
        look(ports, address),
        () => new Error(`no answer within ${deadlineMs / 1000} s`),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isFatal = error instanceof DocstreamError && error.failureClass === 'fatal';
      const remedy = isFatal
        ? `Check ${variable} and what it names; a restart does not heal this.`
        : `Start it, or check ${variable}. Nothing is lost meanwhile: services wait.`;
      return [{ part: name, status: 'fail', what: `${address}: ${reason}`, remedy } satisfies Finding];
    }
  });
  return (await Promise.all(all)).flat();
}
