import { describe, expect, it } from '@jest/globals';
import { DependencyError, FatalError } from '@docstream/core';
import { randomUUID } from 'node:crypto';
import { createSubjectRegistry } from './subject-registry.js';

const url = process.env['DOCSTREAM_SCHEMA_REGISTRY_URL'] ?? '';
const registry = createSubjectRegistry({ url });

function schemaOf(...fields: readonly object[]): string {
  return JSON.stringify({ type: 'record', name: 'Spec', namespace: 'spec', fields });
}
const ID = { name: 'id', type: 'string' };
const NOTE = { name: 'note', type: ['null', 'string'], default: null };

describe('the subject registry', () => {
  it('knows nothing of a subject that never was', async () => {
    const subject = `spec-${randomUUID()}-value`;
    expect(await registry.compatibilityOf(subject)).toBeNull();
    expect(await registry.lookup(subject, schemaOf(ID))).toBeNull();
    expect(await registry.listSubjects()).not.toContain(subject);
  });

  it('enforces a compatibility that was set before the first version', async () => {
    const subject = `spec-${randomUUID()}-value`;
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE');
    expect(await registry.compatibilityOf(subject)).toBe('FULL_TRANSITIVE');
    const first = await registry.register(subject, schemaOf(ID));
    expect(first.version).toBe(1);
    expect(await registry.register(subject, schemaOf(ID))).toEqual(first);
    expect((await registry.register(subject, schemaOf(ID, NOTE))).version).toBe(2);
    await expect(
      registry.register(subject, schemaOf(ID, { name: 'needed', type: 'long' })),
    ).rejects.toBeInstanceOf(FatalError);
    expect(await registry.lookup(subject, schemaOf(ID))).toEqual(first);
    expect(await registry.listSubjects()).toContain(subject);
  });

  it('says that it is away when nobody listens', async () => {
    const away = createSubjectRegistry({ url: 'http://127.0.0.1:1' });
    await expect(away.listSubjects()).rejects.toBeInstanceOf(DependencyError);
  });

  it('says what is wrong with an address that is no registry', async () => {
    const wrong = createSubjectRegistry({ url: new URL('/nothing/here', url).toString() });
    await expect(wrong.listSubjects()).rejects.toThrow('DOCSTREAM_SCHEMA_REGISTRY_URL');
  });
});
