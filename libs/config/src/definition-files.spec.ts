import { FatalError } from '@docstream/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readDefinitionFile, readDefinitionFolder } from './definition-files.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-definitions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof FatalError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('readDefinitionFolder', () => {
  it('reads YAML files by name, and nothing else', () => {
    write('b.yml', 'type: b');
    write('a.yaml', 'type: a');
    write('README.md', '');
    write('.hidden.yaml', '');
    expect(readDefinitionFolder(pathToFileURL(`${folder}/`), 'X').files).toEqual([
      { name: 'a.yaml', text: 'type: a' },
      { name: 'b.yml', text: 'type: b' },
    ]);
  });

  it('reads files as Kubernetes mounts them: links into a hidden folder', () => {
    mkdirSync(join(folder, '..2024'));
    write('..2024/a.yaml', 'type: a');
    symlinkSync('..2024', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    expect(readDefinitionFolder(folder, 'X').files).toEqual([{ name: 'a.yaml', text: 'type: a' }]);
  });

  it('has another digest when a file changes, and the same when none does', () => {
    write('a.yaml', 'type: a');
    const { digest } = readDefinitionFolder(folder, 'X');
    expect(digest).toMatch(/^[0-9a-f]{8}$/u);
    expect(readDefinitionFolder(folder, 'X').digest).toBe(digest);
    write('a.yaml', 'type: b');
    expect(readDefinitionFolder(folder, 'X').digest).not.toBe(digest);
  });

  it('fails with the setting, the path and the remedy', () => {
    write('a.yaml', '');
    write('large.yaml', 'x'.repeat(1_048_577));
    const [missing, file, large] = ['none', 'a.yaml', 'large.yaml'].map((name) => join(folder, name));
    expect(problemOf(() => readDefinitionFolder(missing ?? '', 'X'))).toBe(
      `CONFIGURATION_INVALID: X: there is no ${missing}: check the path`,
    );
    expect(problemOf(() => readDefinitionFolder(file ?? '', 'X'))).toBe(
      `CONFIGURATION_INVALID: X: ${file} is no folder: name the folder that has the YAML files`,
    );
    expect(problemOf(() => readDefinitionFile(missing ?? '', '--template'))).toContain(
      '--template: there is no',
    );
    expect(problemOf(() => readDefinitionFile(large ?? '', '--template'))).toContain(
      'has more than 1048576 bytes: divide it',
    );
  });
});
