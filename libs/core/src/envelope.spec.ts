import { HEADERS, documentIdOf, readHeader, runIdFrom, textHeader } from '@docstream/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  buildEventHeaders,
  formatCoordinates,
  identifySubmission,
  ingestKind,
  parseCoordinates,
  readIdentity,
} from './envelope.js';
import type { ConsumedRecord } from './ports/broker.js';

const pdf = Buffer.from('%PDF-1.7 …');
const record = (over: Partial<ConsumedRecord> = {}): ConsumedRecord => ({
  topic: 'docstream.ingest.v1',
  partition: 2,
  offset: 41n,
  key: null,
  value: pdf,
  headers: [],
  timestampMs: 1_700_000_000_000,
  ...over,
});
const identity = {
  tenant: 'acme',
  documentId: documentIdOf('acme', pdf),
  run: runIdFrom(1_700_000_000_000, new Uint8Array(10).fill(7)),
};

describe('envelope', () => {
  it('carries the identity in headers and reads it back', () => {
    const headers = buildEventHeaders({
      identity,
      publisher: 'parser',
      event: 'DocumentParsed',
      timeMs: 0,
      source: record(),
    });
    expect(readIdentity(headers)).toEqual(identity);
    expect(readHeader(headers, HEADERS.source)).toBe('docstream.ingest.v1/2/41');
    expect(readHeader(headers, 'ce_type')).toBe('io.docstream.events.v1.DocumentParsed');
    expect(readHeader(headers, 'ce_subject')).toBe(identity.documentId);
  });

  it('gives the same event id for the same document, run and publisher, another for another publisher', () => {
    const idOf = (publisher: string, timeMs: number): string | undefined =>
      readHeader(buildEventHeaders({ identity, publisher, event: 'DocumentParsed', timeMs }), 'ce_id');
    expect(idOf('parser', 1)).toBe(idOf('parser', 2));
    expect(idOf('parser', 1)).not.toBe(idOf('classifier', 1));
  });

  it('has no identity when a header is malformed', () => {
    const headers = buildEventHeaders({ identity, publisher: 'parser', event: 'DocumentParsed', timeMs: 0 });
    expect(readIdentity(headers.filter(([name]) => name !== HEADERS.run))).toBeNull();
    expect(
      readIdentity([
        ...headers.filter(([name]) => name !== HEADERS.tenant),
        textHeader(HEADERS.tenant, '../etc'),
      ]),
    ).toBeNull();
  });

  it('writes and reads coordinates', () => {
    expect(parseCoordinates(formatCoordinates(record()))).toEqual({
      topic: 'docstream.ingest.v1',
      partition: 2,
      offset: 41n,
    });
    expect(parseCoordinates('a/b/c')).toBeNull();
  });
});

describe('identifySubmission', () => {
  it('computes the same document and run of a raw record each time it is read', () => {
    const first = identifySubmission(record(), pdf);
    expect(first).toEqual(identifySubmission(record(), pdf));
    expect(first.documentId).toBe(documentIdOf('default', pdf));
    expect(identifySubmission(record({ offset: 42n }), pdf).run).not.toBe(first.run);
  });

  it('takes tenant, document and run from valid headers and ignores malformed ones', () => {
    const headers = [
      textHeader(HEADERS.tenant, 'acme'),
      textHeader(HEADERS.run, identity.run),
      textHeader(HEADERS.documentId, 'not-an-id'),
    ];
    expect(identifySubmission(record({ headers }), pdf)).toEqual(identity);
    expect(
      identifySubmission(record({ headers: [textHeader(HEADERS.tenant, 'No/Tenant')] }), pdf).tenant,
    ).toBe('default');
  });

  it('is total: an empty record has an identity, too', () => {
    expect(identifySubmission(record({ value: null }), null).documentId).toBe(
      documentIdOf('default', new Uint8Array()),
    );
  });
});

describe('ingestKind', () => {
  it.each([
    ['empty', null],
    ['empty', Buffer.alloc(0)],
    ['avro', Buffer.from([0, 0, 0, 0, 1, 9])],
    ['pdf', pdf],
    ['pdf', Buffer.concat([Buffer.alloc(1_000, 0x20), pdf])],
    ['other', Buffer.concat([Buffer.alloc(1_025, 0x20), pdf])],
    ['other', Buffer.from('hello')],
  ] as const)('is %s', (kind, value) => {
    expect(ingestKind(value)).toBe(kind);
  });
});
