import { TOPICS, type DocumentClassified } from '@docstream/contracts';
import { redeemParsed, type StageDefinition } from '@docstream/core';
import { decodeEventRecord, identifyEvent, type StagePorts } from '@docstream/stage-service';
import type { ExtractInput, ExtractOutput } from './worker.js';

/** Text and type → typed fields with their place on the page. */
export function createExtractorStage({
  codec,
  blobStore,
  config,
}: StagePorts): StageDefinition<DocumentClassified, ExtractInput, ExtractOutput> {
  return {
    name: 'extractor',
    consumes: TOPICS.classified,
    retry: { maxAttempts: 3, initialDelayMs: 500, maxDelayMs: 10_000 },
    deadlineMs: config.work.timeoutMs,
    identify: identifyEvent,
    decode: (record) => decodeEventRecord(codec, TOPICS.classified, record),
    load: async (event, { tenant }) => ({
      parsed: await redeemParsed(blobStore, tenant, event),
      type: event.classification.type,
      embeddedInvoice: config.extractor.embeddedInvoice,
    }),
    run: { module: new URL('./worker.js', import.meta.url), export: 'extract' },
    save: async (
      { fields, extractor },
      { fileName, blob, quality, pageCount, language, classification },
      _,
      runMs,
    ) => [
      {
        topic: TOPICS.extracted,
        event: { fileName, blob, quality, pageCount, language, classification, fields, extractor, runMs },
      },
    ],
  };
}
