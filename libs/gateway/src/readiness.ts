import { HealthBoard, type HealthReport } from '@docstream/observability';
import { DocstreamError, within } from '@docstream/core';
import type { GatewayPorts } from './ports.js';

const CHECK_TIMEOUT_MS = 3_000;

/**
 * Ready means: able to take documents in, which needs Kafka, the schema registry and the blob store. The database is
 * reported and never makes the gateway unready: documents are accepted without it.
 */
export function createReadiness(ports: GatewayPorts): () => Promise<HealthReport> {
  const board = new HealthBoard(ports.clock);
  const checks: readonly {
    readonly name: string;
    readonly isNeeded: boolean;
    readonly check: () => Promise<void>;
  }[] = [
    { name: 'kafka', isNeeded: true, check: () => ports.checkBroker() },
    { name: 'schema-registry', isNeeded: true, check: () => ports.codec.checkHealth() },
    { name: 'blob-store', isNeeded: true, check: () => ports.blobStore.checkHealth() },
    { name: 'database', isNeeded: false, check: () => ports.documents.checkHealth() },
  ];
  return async () => {
    await Promise.all(
      checks.map(async ({ name, isNeeded, check }) => {
        const problem = await problemOf(ports, check);
        board.set(name, problem === null || !isNeeded, problem);
      }),
    );
    return board.report();
  };
}

async function problemOf(ports: GatewayPorts, check: () => Promise<void>): Promise<string | null> {
  try {
    await within(CHECK_TIMEOUT_MS, check(), () => new Error('no answer'), ports.clock);
    return null;
  } catch (error) {
    return error instanceof DocstreamError ? `${error.code}: ${error.remedy}` : 'no answer in time';
  }
}
