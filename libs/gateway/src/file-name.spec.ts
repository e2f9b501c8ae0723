import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentDisposition, fileNameFromHeaders, sanitiseFileName } from './file-name.js';

describe('a file name', () => {
  it.each([
    ['C:\\scans\\invoice.pdf', 'invoice.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['a\u0000b\r\nc.pdf', 'abc.pdf'],
    ['\u202Efdp.exe', 'fdp.exe'],
    ['  Rechnung März.pdf ', 'Rechnung März.pdf'],
    ['..', null],
    ['folder/', null],
    ['', null],
  ])('%j becomes %j', (given, clean) => {
    expect(sanitiseFileName(given)).toBe(clean);
  });

  it('has at most 255 characters and no half of a surrogate pair', () => {
    const cut = sanitiseFileName(`${'x'.repeat(254)}😀.pdf`);
    expect(cut).toBe('x'.repeat(254));
  });

  it('of whatever was given is clean, and cleaning it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const clean = sanitiseFileName(given);
        if (clean === null) return;
        expect(clean).not.toMatch(/[/\\\p{Cc}]/u);
        expect(clean.length).toBeLessThanOrEqual(255);
        expect(sanitiseFileName(clean)).toBe(clean);
        expect(contentDisposition(given, 'x.pdf')).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  it.each([
    [{ 'docstream-file-name': Buffer.from('März.pdf').toString('latin1') }, 'März.pdf'],
    [{ 'docstream-file-name': 'M\u00e4rz.pdf' }, 'März.pdf'],
    [{ 'content-disposition': "attachment; filename=old.pdf; filename*=UTF-8''M%C3%A4rz.pdf" }, 'März.pdf'],
    [{ 'content-disposition': 'attachment; filename="a \\"b\\".pdf"' }, 'a "b".pdf'],
    [{ 'content-disposition': "attachment; filename*=UTF-8''%zz; filename=plain.pdf" }, 'plain.pdf'],
    [{ 'content-disposition': 'attachment' }, null],
    [{}, null],
  ])('is read from %j', (headers, name) => {
    expect(fileNameFromHeaders(headers)).toBe(name);
  });
});
