import {
  TOPICS,
  type BlobRef,
  type EventName,
  type EventTypes,
  type TopicContract,
} from '@docstream/contracts';
import { DocstreamError, PoisonError, ingestKind, type BlobStore, type EventCodec } from '@docstream/core';

/** A value with the topic that it lies on, or lay on before it became a dead letter. */
export interface ValueOnTopic {
  readonly topic: string;
  readonly value: Uint8Array | null;
}

/** The claim check that whoever reads the record redeems; null where its content travels inline or can't be known. */
async function findClaimCheck(
  codec: () => EventCodec,
  { topic, value }: ValueOnTopic,
): Promise<BlobRef | null> {
  if (value === null) return null;
  switch (topic) {
    case TOPICS.ingest.name: {
      if (ingestKind(value) !== 'avro') return null;
      const event = await decode(codec, TOPICS.ingest, value);
      return event === null || event.content !== null ? null : event.blob;
    }
    case TOPICS.parsed.name:
      return (await decode(codec, TOPICS.parsed, value))?.parsedBlob ?? null;
    case TOPICS.classified.name:
      return (await decode(codec, TOPICS.classified, value))?.parsedBlob ?? null;
    default:
      return null;
  }
}

/** Null where nobody can read it (yet): it goes as it is, and the stage says what is wrong with it. */
async function decode<Name extends EventName>(
  codec: () => EventCodec,
  topic: TopicContract<Name>,
  value: Uint8Array,
): Promise<EventTypes[Name] | null> {
  try {
    return await codec().decode(topic, value);
  } catch (error) {
    const isUnreadable =
      error instanceof PoisonError ||
      (error instanceof DocstreamError && error.facts['retryAfterMs'] !== undefined);
    if (isUnreadable) return null;
    throw error;
  }
}

/**
 * Before a record is published once more: refreshes the blob that its reader will redeem, so that collection spares it.
 * Errors: PoisonError BLOB_NOT_FOUND when it was collected already; those of codec and blob store.
 */
export async function refreshClaimCheck(
  record: ValueOnTopic,
  tenant: string,
  codec: () => EventCodec,
  blobStore: () => BlobStore,
): Promise<void> {
  const claimCheck = await findClaimCheck(codec, record);
  if (claimCheck === null || (await blobStore().refresh(tenant, claimCheck))) return;
  throw new PoisonError(
    'BLOB_NOT_FOUND',
    `The blob store no longer has ${claimCheck.sha256}, which the record needs.`,
    { facts: { sha256: claimCheck.sha256 } },
  );
}
