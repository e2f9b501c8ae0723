import { describe, expect, it } from '@jest/globals';
import { DependencyError } from '@docstream/core';
import { createLogger } from './logger.js';
import { createNestLogger } from './nest-logger.js';

function record(level: 'debug' | 'info' = 'debug') {
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  return { lines, logger: createLogger({ service: 'parser', level, destination }) };
}

describe('createLogger', () => {
  it('writes one JSON line with level, service, message and the facts', () => {
    const { lines, logger } = record();
    logger.info('document parsed', { documentId: 'abc', offset: 7n });
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        service: 'parser',
        documentId: 'abc',
        offset: '7',
        message: 'document parsed',
      },
    ]);
  });

  it('leaves lines below its level out', () => {
    const { lines, logger } = record('info');
    logger.debug('detail');
    logger.warn('trouble');
    expect(lines.map((line) => line['message'])).toEqual(['trouble']);
  });

  it('does not quote foreign errors, which may hold document text', () => {
    const { lines, logger } = record();
    logger.error('decode failed', { error: new SyntaxError('Unexpected token in "IBAN DE00 secret"') });
    expect(JSON.stringify(lines)).not.toContain('IBAN');
    expect(lines[0]).toMatchObject({ error: { name: 'SyntaxError', stack: expect.any(Array) } });
  });

  it('quotes errors of our own with code, dependency and cause', () => {
    const { lines, logger } = record();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    logger.error('away', {
      error: new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'No answer.', { cause }),
    });
    expect(lines[0]?.['error']).toMatchObject({
      name: 'DependencyError',
      code: 'REGISTRY_UNAVAILABLE',
      message: 'No answer.',
      dependency: 'schema-registry',
      cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
    });
  });
});

describe('createNestLogger', () => {
  it("turns Nest's lines into ours, its start-up chatter into debug", () => {
    const { lines, logger } = record();
    const nest = createNestLogger(logger);
    nest.log('Nest application successfully started', 'NestApplication');
    nest.error(new RangeError('text of a document'), 'stack\nframe', 'ExceptionsHandler');
    expect(lines).toMatchObject([
      { level: 'debug', context: 'NestApplication', message: 'Nest application successfully started' },
      {
        level: 'error',
        context: 'ExceptionsHandler',
        message: 'RangeError',
        error: { name: 'RangeError' },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('text of a document');
  });
});
