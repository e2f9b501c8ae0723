import { describe, expect, it } from '@jest/globals';
import { identityOf } from '@docstream/testing';
import { AcknowledgedDocuments } from './acknowledged-documents.js';

function documentOf(text: string) {
  return {
    ...identityOf(text),
    fileName: null,
    sha256: '',
    bytes: 1,
    mediaType: 'application/pdf',
    acceptedAtMs: 0,
  };
}

describe('acknowledged documents', () => {
  it('beyond the capacity the oldest are forgotten', () => {
    const memory = new AcknowledgedDocuments(2);
    const [a, b, c] = [documentOf('a'), documentOf('b'), documentOf('c')];
    for (const document of [a, b, a, c]) memory.remember(document);
    expect([a, b, c].map(({ tenant, documentId, run }) => memory.has(tenant, documentId, run))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are found by prefix within their tenant only', () => {
    const memory = new AcknowledgedDocuments();
    const document = documentOf('a');
    memory.remember(document);
    expect(memory.startingWith('default', document.documentId.slice(0, 6))).toEqual([document]);
    expect(memory.startingWith('other', document.documentId)).toEqual([]);
    memory.forget('default', document.documentId);
    expect(memory.startingWith('default', document.documentId)).toEqual([]);
  });
});
