import { describe, expect, it } from '@jest/globals';
import { DependencyError, PoisonError, classifyError } from '@docstream/core';
import { toDatabaseError } from './errors.js';

function serverError(code: string): Error {
  return Object.assign(new Error('value "secret" is wrong'), { code, severity: 'ERROR' });
}

describe('toDatabaseError', () => {
  it.each([
    ['08006', 'transient', 'DATABASE_UNAVAILABLE'],
    ['53300', 'transient', 'DATABASE_UNAVAILABLE'],
    ['57P01', 'transient', 'DATABASE_UNAVAILABLE'],
    ['40P01', 'transient', 'DATABASE_UNAVAILABLE'],
    ['25006', 'transient', 'DATABASE_UNAVAILABLE'],
    ['42P01', 'transient', 'DATABASE_NOT_MIGRATED'],
    ['28P01', 'fatal', 'AUTHENTICATION_REFUSED'],
    ['3D000', 'fatal', 'CONFIGURATION_INVALID'],
    ['22P05', 'poison', 'INVALID_VALUE'],
    ['23505', 'unknown', 'UNCLASSIFIED'],
    ['42601', 'unknown', 'UNCLASSIFIED'],
  ])('gives SQLSTATE %s the class %s and the code %s', (state, failureClass, code) => {
    expect(classifyError(toDatabaseError(serverError(state), 'storing'))).toMatchObject({
      failureClass,
      code,
    });
  });

  it('keeps what the server quotes out of the message', () => {
    expect(toDatabaseError(serverError('22P05'), 'storing').message).not.toContain('secret');
  });

  it.each(['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND'])('takes %s for a database that is away', (code) => {
    const error = toDatabaseError(Object.assign(new Error('connect'), { code }), 'storing');
    expect(error).toBeInstanceOf(DependencyError);
    expect(error.facts).toEqual({ suspect: false });
  });

  it('says when the connection broke under the work', () => {
    expect(toDatabaseError(new Error('Connection terminated unexpectedly'), 'storing').facts).toEqual({
      suspect: true,
    });
  });

  it.each([
    ['53200', true],
    ['57014', true],
    ['57P02', true],
    ['53100', false],
    ['53300', false],
    ['57P01', false],
    ['25006', false],
    ['40P01', false],
    ['42P01', false],
  ])('says of SQLSTATE %s whether the statement itself may be why: %s', (state, suspect) => {
    expect(toDatabaseError(serverError(state), 'storing').facts).toEqual({ sqlState: state, suspect });
  });

  it('takes an error of our own code for a bug', () => {
    expect(classifyError(toDatabaseError(new TypeError('x is undefined'), 'storing')).failureClass).toBe(
      'unknown',
    );
  });

  it('leaves our own errors as they are', () => {
    const error = new PoisonError('INVALID_VALUE', 'no');
    expect(toDatabaseError(error, 'storing')).toBe(error);
  });
});
