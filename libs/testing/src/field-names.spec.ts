import { readFileSync } from 'node:fs';
import { FIELD_TYPES } from '@docstream/contracts';
import { expect, it } from '@jest/globals';
import { CORPUS, describeWithCorpus } from './corpus.js';

describeWithCorpus('field names', () => {
  it('has every name under which the corpus states a truth', () => {
    const lines = readFileSync(new URL('manifest.jsonl', CORPUS), 'utf8').trim().split('\n');
    const documents = lines.map(
      (line) => JSON.parse(line) as { type?: string; truth?: Record<string, unknown> },
    );
    const stated = new Set(
      documents.flatMap(({ type, truth }) => (type === undefined ? [] : Object.keys(truth ?? {}))),
    );
    expect(stated.size).toBeGreaterThan(50);
    // Of a few files the manifest states the type among the truths: that is the classifier's business.
    stated.delete('type');
    expect([...stated].filter((name) => !Object.hasOwn(FIELD_TYPES, name))).toEqual([]);
  });
});
