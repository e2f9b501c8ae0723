import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

function run(...args: string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const ended = spawnSync(process.execPath, [join(root, 'tools/eval.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

describe('npm run eval', () => {
  let folder = '';
  let manifest = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'docstream-eval-'));
    manifest = join(folder, 'manifest.jsonl');
    const truth = { invoice_number: 'INV-100', issue_date: '2019-11-15', total: 1 };
    const path = join(root, 'samples/invoice-contoso-en.pdf');
    writeFileSync(manifest, `${JSON.stringify({ path, type: 'invoice', lang: 'en', truth })}\n`);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [['--surprise'], 'surprise'],
    [['--only', 'parsing'], '--only is classification or extraction'],
    [['--prefer', 'both'], '--prefer is page or xml'],
    [['--manifest', '/nowhere'], 'no manifest at /nowhere'],
    [['--root', '/'], '--root and --predictions belong together'],
    [['--folds', 'many'], '--folds must be a whole number'],
    [['--save', '../x'], '--save takes a name'],
    [['--compare', 'never-saved'], 'no saved result never-saved'],
  ])('refuses %j with exit code 2 and says why', (args, reason) => {
    const { code, stdout, stderr } = run('--manifest', manifest, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it('fails with exit code 1 when nothing is to be measured', () => {
    const { code, stderr } = run('--manifest', manifest, '--filter', 'no such document');
    expect(code).toBe(1);
    expect(stderr).toContain('names no document');
  });

  it('measures fields of the text with the worker functions and says so in one object', () => {
    const { code, stdout } = run('--manifest', manifest, '--only', 'extraction', '--no-cache', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { documents: { fields: { textAlone: unknown[] } }[] };
    const confidence: unknown = expect.any(Number);
    expect(result.documents[0]?.fields.textAlone).toEqual([
      {
        field: 'invoice_number',
        outcome: 'right',
        isExact: true,
        truth: 'INV-100',
        found: 'INV-100',
        confidence,
      },
      {
        field: 'issue_date',
        outcome: 'right',
        isExact: true,
        truth: '2019-11-15',
        found: '2019-11-15',
        confidence,
      },
      expect.objectContaining({ field: 'total', outcome: 'wrong', truth: 1 }),
    ]);
  }, 60_000);
});
