import type { Explanation } from '@docstream/core';
import { buildPdf } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

jest.setTimeout(120_000);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const CARD = `
type: membership-card
fields:
  member_number:
    rules: [{ labels: { en: [member no] }, value: reference, shape: '^\\d{5}$' }]
`;
const CLUB = `
template: chess-club
type: membership-card
when: { contains: [Chess Club] }
fields:
  valid_until:
    rules: [{ match: 'good until (?<value>.+)', value: date }]
`;
let folder: string;

interface Ran {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built command as people run it, without an address of anything. */
async function run(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('DOCSTREAM_')),
  );
  const child = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), 'template', 'try', ...args], {
    cwd: folder,
    env: { ...env, ...settings, NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, out, err };
}

async function explain(...args: readonly string[]): Promise<Explanation> {
  const { exitCode, out, err } = await run([...args, '--json'], { DOCSTREAM_DEFINITIONS: 'own' });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out) as Explanation;
}

const takenOf = ({ rules }: Explanation): Record<string, unknown> =>
  Object.fromEntries(
    rules.flatMap(({ field, values }) =>
      values.flatMap(({ value, lost }) => (lost === null ? [[field, value]] : [])),
    ),
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-template-'));
  mkdirSync(join(folder, 'own'));
  writeFileSync(join(folder, 'own/card.yaml'), CARD);
  writeFileSync(join(folder, 'club.yaml'), CLUB);
  const lines = ['Chess Club of Example Town', 'Member no: 00417', 'good until 31 May 2027', 'a'.repeat(40)];
  const texts = lines.map((text, index) => ({ x: 72, y: 720 - 40 * index, size: 12, text }));
  writeFileSync(join(folder, 'card.pdf'), buildPdf([{ texts }]));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('docstream template try, built, with no service running', () => {
  it('finds fields of a type that a folder of definitions adds', async () => {
    const explanation = await explain('card.pdf', '--type', 'membership-card');
    expect(explanation.version).toMatch(/^rules 1 \+ own [0-9a-f]{8}$/u);
    expect(takenOf(explanation)).toEqual({ member_number: '00417' });
  });

  it('tries a template on top and takes its type', async () => {
    const explanation = await explain('card.pdf', '--template', 'club.yaml');
    expect(explanation.templates).toMatchObject([{ name: 'chess-club', holds: true }]);
    expect(takenOf(explanation)).toEqual({ member_number: '00417', valid_until: '2027-05-31' });
  });

  it('shows a sample as people read it', async () => {
    const sample = join(root, 'samples/invoice-lieferant-de.pdf');
    const { exitCode, out } = await run([sample, '--type', 'invoice']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^rules {5}rules 1$/mu);
    expect(out).toMatch(
      /^invoice_number +471102 +471102 +1 +[\d ]+0\.\d\d +invoice\.invoice_number\.labelled@1 +taken$/mu,
    );
  });

  it('says file, line and remedy of a template that is wrong', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), CLUB.replace('value: date', 'value: dat'));
    const { exitCode, out, err } = await run(['card.pdf', '--template', 'wrong.yaml']);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/^error: wrong\.yaml:7: fields\.valid_until\.rules\[0\]\.value must be one of /u);
  });

  it('ends an expression that would take for ever, and has warned of its kind', async () => {
    writeFileSync(join(folder, 'slow.yaml'), CLUB.replace('good until (?<value>.+)', '^(a+)+b'));
    const budget = { DOCSTREAM_WORK_TIMEOUT_MS: '1500', DOCSTREAM_WORK_CPU_MS: '1500' };
    const { exitCode, out, err } = await run(['card.pdf', '--template', 'slow.yaml'], budget);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toContain('WORK_TIMEOUT');
    expect(err).toContain('(a+)+b repeats a repetition');
  });
});
