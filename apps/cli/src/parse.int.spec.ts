import { documentText, type ParsedDocument } from '@docstream/contracts';
import { buildPdf } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

jest.setTimeout(120_000);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const INVOICE = join(root, 'samples/invoice-lieferant-de.pdf');
const PNG_SIGNATURE = '89504e470d0a1a0a';
let folder: string;

interface Ran {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built command as people run it, without an address of anything. */
async function parse(
  args: readonly string[],
  { stdin = '', readOnly = Infinity }: { stdin?: Uint8Array | string; readOnly?: number } = {},
): Promise<Ran> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('DOCSTREAM_')),
  );
  const child = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), 'parse', ...args], {
    cwd: folder,
    env: { ...env, NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (out.length > readOnly) child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(stdin);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, out, err };
}

async function parsed(...args: readonly string[]): Promise<ParsedDocument> {
  const { exitCode, out, err } = await parse([...args, '--json']);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out) as ParsedDocument;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-parse-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('docstream parse, built, with no service running', () => {
  it('shows an invoice to people: facts, then text', async () => {
    const { exitCode, out, err } = await parse([INVOICE]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^quality {4}complete$/m);
    expect(out).toMatch(/^language {3}de$/m);
    expect(out).toContain('ZUGFeRD-invoice.xml');
    expect(out).toMatch(/── page 1 ─+\n[^]*471102/);
    expect(out).not.toContain('\u001b');
  });

  it('says the same as JSON and as text, from a file and from standard input', async () => {
    const document = await parsed(INVOICE);
    expect(document).toMatchObject({ version: 1, quality: 'complete', language: 'de' });
    expect((await parse([INVOICE, '--text'])).out).toBe(`${documentText(document)}\n`);
    const { out } = await parse(['-', '--json'], { stdin: readFileSync(INVOICE) });
    expect(JSON.parse(out)).toEqual(document);
  });

  it('reads with the second parser when it is named', async () => {
    expect((await parsed(INVOICE, '--adapter', 'pdf2json')).parser).toMatch(/^pdf2json /);
  });

  it('draws a rotated page: its picture as a reader sees it, and a title for each word', async () => {
    const texts = [{ x: 72, y: 700, size: 12, text: 'Tom & <Jerry>' }];
    writeFileSync(join(folder, 'rotated.pdf'), buildPdf([{ texts, rotate: 90 }, { texts }]));
    const { exitCode, out, err } = await parse(['rotated.pdf', '--svg', '--page', '1']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('<title>&lt;Jerry&gt;</title>');
    expect(out).toContain('page 1 of 2 · 792 × 612 pt (Letter landscape) · rotated by 90° · text');
    const picture = Buffer.from(/href="data:image\/png;base64,([^"]+)"/.exec(out)?.[1] ?? '', 'base64');
    expect(picture.toString('hex', 0, 8)).toBe(PNG_SIGNATURE);
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1188, 918]);
  });

  it('draws the same into a PNG file', async () => {
    const { exitCode, out, err } = await parse([INVOICE, '--png', 'invoice.png']);
    expect({ exitCode, out, err }).toEqual({ exitCode: 0, out: '', err: '' });
    const picture = readFileSync(join(folder, 'invoice.png'));
    expect(picture.toString('hex', 0, 8)).toBe(PNG_SIGNATURE);
    expect(picture.readUInt32BE(16)).toBeGreaterThan(1000);
  });

  it('is silent when whoever reads it has seen enough', async () => {
    const { exitCode, err } = await parse([INVOICE, '--svg'], { readOnly: 10 });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  });

  it('ends with 1 and what to do when the document is none', async () => {
    const { exitCode, out, err } = await parse(['-'], { stdin: 'no PDF' });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toContain('NOT_A_PDF: Send a PDF; convert other formats first.');
    expect(err).not.toContain('    at ');
  });
});
