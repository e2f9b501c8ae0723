import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFiles } from './find-files.js';

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-files-'));
  mkdirSync(at('in', 'deep (1)', '[x]'), { recursive: true });
  for (const name of ['in/b.pdf', 'in/A.PDF', 'in/notes.txt', 'in/deep (1)/[x]/c.pdf', 'raw.bin']) {
    writeFileSync(at(name), 'x');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('findFiles', () => {
  it('takes the PDFs below a folder, in any case and depth', async () => {
    const { files, unmatched } = await findFiles(['in'], folder);
    expect(files).toEqual([at('in/A.PDF'), at('in/b.pdf'), at('in/deep (1)/[x]/c.pdf')]);
    expect(unmatched).toEqual([]);
  });

  it('takes a named file whatever its name, brackets included', async () => {
    expect((await findFiles(['raw.bin', 'in/deep (1)/[x]/c.pdf'], folder)).files).toEqual([
      at('raw.bin'),
      at('in/deep (1)/[x]/c.pdf'),
    ]);
  });

  it('resolves globs against the working folder and takes each file once', async () => {
    expect((await findFiles(['in/*.pdf', 'in/b.pdf', '**/notes.txt'], folder)).files).toEqual([
      at('in/b.pdf'),
      at('in/notes.txt'),
    ]);
  });

  it('names what matched nothing', async () => {
    expect(await findFiles(['nowhere.pdf', 'in/*.docx'], folder)).toEqual({
      files: [],
      unmatched: ['nowhere.pdf', 'in/*.docx'],
    });
  });
});
