import { describe, expect, it } from '@jest/globals';
import {
  FatalError,
  type DocumentPage,
  type DocumentQuery,
  type DocumentRepository,
  type DocumentView,
} from '@docstream/core';
import { MemoryClusterAdmin, MemorySubjectRegistry, identityOf } from '@docstream/testing';
import type { CliPorts, ConnectOptions } from './ports.js';
import { runCli, type ExitCode } from './program.js';

const { documentId, run } = identityOf('one');
const VIEW: DocumentView = {
  documentId,
  tenant: 'default',
  fileName: 'invoice.pdf',
  state: 'stored',
  quality: 'complete',
  type: 'invoice',
  confidence: 0.934,
  run,
  acceptedAt: '2026-11-23T10:00:00.000Z',
  updatedAt: '2026-11-23T10:00:01.500Z',
  sha256: 'ab'.repeat(32),
  bytes: 1234,
  mediaType: 'application/pdf',
  pageCount: 2,
  language: 'en',
  classification: null,
  fields: {
    total: [{ value: 110, page: 1, box: null, confidence: 0.9, raw: '110.00', rule: null, conflict: null }],
  },
  error: null,
  timeline: [
    {
      run,
      event: 'parsed',
      topic: 'docstream.parsed.v1',
      partition: 3,
      offset: '17',
      at: '2026-11-23T10:00:00.500Z',
      runMs: 41,
    },
  ],
  stagesMs: { parser: 41, total: 1500 },
  erasedAt: null,
};

class MemoryRepository implements Pick<DocumentRepository, 'find' | 'list'> {
  readonly queries: DocumentQuery[] = [];

  async find(tenant: string, prefix: string) {
    return tenant === 'default' && documentId.startsWith(prefix) ? VIEW : null;
  }

  async list(query: DocumentQuery): Promise<DocumentPage> {
    this.queries.push(query);
    const start = Number(query.cursor ?? '0');
    const documents = Array.from({ length: query.limit }, () => VIEW);
    return { documents, nextCursor: String(start + query.limit) };
  }
}

interface Ran {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly connected: readonly ConnectOptions[];
  readonly closed: number;
}

async function runWith(
  args: readonly string[],
  change: Partial<CliPorts> = {},
  failure?: Error,
): Promise<Ran> {
  let [out, err, closed] = ['', '', 0];
  const connected: ConnectOptions[] = [];
  const ports = {
    documents: () => new MemoryRepository(),
    close: async () => void (closed += 1),
    ...change,
  } as unknown as CliPorts;
  const exitCode = await runCli(args, {
    cwd: '/',
    isDebug: () => false,
    connect: async (options) => {
      connected.push(options);
      if (failure !== undefined) throw failure;
      return ports;
    },
    streams: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      hasColours: false,
      isInteractive: false,
    },
  });
  return { exitCode, out, err, connected, closed };
}

describe('the command line', () => {
  it.each([
    [['nope'], "unknown command 'nope'"],
    [['results', '--state', 'lost-and-found'], 'Allowed choices are accepted, parsed'],
    [['results', '--limit', '0'], 'It must be a whole number from 1.'],
    [['produce'], "missing required argument 'path'"],
    [['show', 'abcdef', '--tenant', 'No Tenant'], 'It must be lower-case letters'],
    [['topics', 'apply', '--output', 'xml'], 'Allowed choices are table, json'],
  ])('ends with 2 for %j and connects to nothing', async (args, reason) => {
    const ran = await runWith(args);
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain(reason);
    expect(ran.out).toBe('');
    expect(ran.connected).toEqual([]);
  });

  it('ends with 0 and help on stdout when asked for it', async () => {
    const ran = await runWith(['--help']);
    expect(ran.exitCode).toBe(0);
    expect(ran.out).toContain('produce');
  });

  it('hands the bootstrap server on and closes what it opened', async () => {
    const ran = await runWith(['show', documentId, '--bootstrap-server', 'k:1,k:2']);
    expect(ran.connected).toEqual([{ bootstrapServer: 'k:1,k:2' }]);
    expect(ran.closed).toBe(1);
  });

  it('says what is wrong without a stack and ends with 1', async () => {
    const ran = await runWith(
      ['results'],
      {},
      new FatalError('CONFIGURATION_INVALID', 'no address of database: set it'),
    );
    expect(ran).toMatchObject({ exitCode: 1, out: '', err: 'error: no address of database: set it\n' });
  });

  it('adds the remedy of the error code', async () => {
    const refused = new FatalError('AUTHENTICATION_REFUSED', 'Kafka refused us');
    expect((await runWith(['results'], {}, refused)).err).toBe(
      'error: Kafka refused us\nAUTHENTICATION_REFUSED: Check the secret, then restart.\n',
    );
  });
});

describe('show', () => {
  it('prints state, fields with page and confidence, and the timeline', async () => {
    const { out, exitCode } = await runWith(['show', documentId.slice(0, 8)]);
    expect(exitCode).toBe(0);
    expect(out).toContain('invoice (93 %)');
    expect(out).toMatch(/total +110 +1 +90 %/);
    expect(out).toContain('docstream.parsed.v1/3/17');
    expect(out).toContain('parser 41 ms, total 1500 ms');
    expect(out).not.toContain('\u001b');
  });

  it('prints what the other source says where two contradict each other', async () => {
    const conflict = {
      value: 110,
      page: 1,
      box: null,
      confidence: 0.45,
      raw: null,
      rule: null,
      conflict: '120',
    };
    class OtherRepository extends MemoryRepository {
      override async find() {
        return { ...VIEW, fields: { total: [conflict] } };
      }
    }
    const { out } = await runWith(['show', documentId], {
      documents: () => new OtherRepository() as unknown as DocumentRepository,
    });
    expect(out).toContain('the other source says');
    expect(out).toMatch(/total +110 +1 +45 % +120/);
  });

  it('prints the same as JSON', async () => {
    expect(JSON.parse((await runWith(['show', documentId, '--output', 'json'])).out)).toEqual(VIEW);
  });

  it('ends with 1 for a document that is not there, or too short a prefix', async () => {
    const unknown = await runWith(['show', '222222']);
    expect([unknown.exitCode, unknown.out]).toEqual([1, '']);
    expect(unknown.err).toContain('there is no such document of tenant default');
    expect((await runWith(['show', 'abc'])).err).toContain('at least 6 characters');
  });
});

describe('results', () => {
  it('asks for as many pages as the limit takes', async () => {
    const repository = new MemoryRepository();
    const documents = (): DocumentRepository => repository as unknown as DocumentRepository;
    const ran = await runWith(['results', '--limit', '450', '--type', 'invoice', '--output', 'json'], {
      documents,
    });
    expect(JSON.parse(ran.out)).toHaveLength(450);
    expect(repository.queries.map(({ limit, cursor, type }) => [limit, cursor, type])).toEqual([
      [200, undefined, 'invoice'],
      [200, '200', 'invoice'],
      [50, '400', 'invoice'],
    ]);
  });

  it('prints a table with a line each', async () => {
    const { out } = await runWith(['results', '--limit', '2']);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect(out).toContain('2026-11-23 10:00:01');
  });
});

describe('topics apply', () => {
  it('prints one line for each topic, subject and group', async () => {
    const admin = new MemoryClusterAdmin();
    const subjects = new MemorySubjectRegistry();
    const ports = { clusterAdmin: () => admin, subjects: () => subjects };
    const first = await runWith(['topics', 'apply', '--partitions', '2'], ports);
    expect(first.exitCode).toBe(0);
    expect(first.out).toMatch(/topic +docstream\.ingest\.v1 +created +2 partitions/);
    expect(first.out).toMatch(/offsets +docstream\.store\.v1 +created +11 partitions/);
    const second = await runWith(['topics', 'apply', '--output', 'json'], ports);
    const results: { result: string }[] = JSON.parse(second.out);
    expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['unchanged']));
  });
});
