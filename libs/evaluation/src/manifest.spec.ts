import { describe, expect, it } from '@jest/globals';
import { readManifest } from './manifest.js';

describe('a manifest', () => {
  it('is read line by line; hostile files are left out', () => {
    const text = [
      '{"path": "a.pdf", "type": "letter", "lang": "zh+en", "truth": {"date": "2020-01-02", "subject": null}}',
      '',
      '{"path": "b.pdf", "type": "invoice", "lang": "de", "group": "g", "also_acceptable": ["receipt"], "embedded_xml": "factur-x.xml", "truth_not_in_text": ["iban"]}',
      '{"path": "c.pdf", "type": "invoice", "lang": "en", "fault": "truncated"}',
    ].join('\n');
    expect(readManifest(text)).toEqual([
      {
        path: 'a.pdf',
        type: 'letter',
        alsoAcceptable: [],
        languages: ['zh', 'en'],
        group: 'a.pdf',
        isImageOnly: false,
        hasEmbeddedXml: false,
        truth: { date: '2020-01-02' },
        truthNotInText: [],
      },
      {
        path: 'b.pdf',
        type: 'invoice',
        alsoAcceptable: ['receipt'],
        languages: ['de'],
        group: 'g',
        isImageOnly: false,
        hasEmbeddedXml: true,
        truth: {},
        truthNotInText: ['iban'],
      },
    ]);
  });

  it.each(['{"path": "a.pdf"}', '{'])('names the line that is wrong: %s', (line) => {
    expect(() => readManifest(`\n${line}`)).toThrow(/line 2 of the manifest/);
  });
});
