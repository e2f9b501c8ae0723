import { TOPICS, type DocumentParsed } from '@docstream/contracts';
import { redeemParsed, refreshParsed, type StageDefinition } from '@docstream/core';
import { decodeEventRecord, identifyEvent, type StagePorts } from '@docstream/stage-service';
import type { ClassifyInput, ClassifyOutput } from './worker.js';

/** Text → document type with confidence, or unknown. */
export function createClassifierStage({
  codec,
  blobStore,
  config,
}: StagePorts): StageDefinition<DocumentParsed, ClassifyInput, ClassifyOutput> {
  return {
    name: 'classifier',
    consumes: TOPICS.parsed,
    retry: { maxAttempts: 3, initialDelayMs: 500, maxDelayMs: 10_000 },
    deadlineMs: config.work.timeoutMs,
    identify: identifyEvent,
    decode: (record) => decodeEventRecord(codec, TOPICS.parsed, record),
    load: async (event, { tenant }) => ({ parsed: await redeemParsed(blobStore, tenant, event) }),
    run: { module: new URL('./worker.js', import.meta.url), export: 'classify' },
    save: async (
      { classification },
      { fileName, blob, quality, pageCount, language, parsed, parsedBlob },
      { tenant },
      runMs,
    ) => {
      await refreshParsed(blobStore, tenant, { parsed, parsedBlob });
      return [
        {
          topic: TOPICS.classified,
          event: { fileName, blob, quality, pageCount, language, classification, parsed, parsedBlob, runMs },
        },
      ];
    },
  };
}
