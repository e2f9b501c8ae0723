import { describe, expect, it } from '@jest/globals';
import { outputFailureOf } from './output-failure.js';

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

describe('output that cannot be written', () => {
  it('is no failure when its reader has closed the pipe', () => {
    expect(outputFailureOf(failure('EPIPE', 'write EPIPE'))).toEqual({ exitCode: 0, problem: null });
  });

  it('ends with 1 and says why otherwise', () => {
    expect(outputFailureOf(failure('ENOSPC', 'write ENOSPC'))).toEqual({
      exitCode: 1,
      problem: 'error: the output cannot be written (there is no room left: write ENOSPC)\n',
    });
    expect(outputFailureOf(failure('EIO', 'write EIO')).problem).toContain('(write EIO)');
  });
});
