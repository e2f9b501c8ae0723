import { documentText, ERROR_CODES, type ParsedDocument } from '@docstream/contracts';
import { PoisonError } from '@docstream/core';
import { parsedText } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliPorts } from '../ports.js';
import { runCli, type ExitCode } from '../program.js';
import type { StandardInput } from './input.js';
import type { LocalParser, PagePainter, ParserName } from './local-parser.js';

const DOCUMENT = parsedText('first page\fsecond page\fthird page', { language: 'en' });
const PNG = Uint8Array.from([1, 2, 3]);
let folder: string;

class MemoryParser implements LocalParser {
  readonly parsed: { readonly text: string; readonly name: ParserName | undefined }[] = [];
  painters = 0;
  whitePages: readonly number[] = [];
  failure: Error | null = null;
  document: ParsedDocument = DOCUMENT;

  async parse(bytes: Uint8Array, name?: ParserName): Promise<ParsedDocument> {
    this.parsed.push({ text: new TextDecoder().decode(bytes), name });
    if (this.failure !== null) throw this.failure;
    return this.document;
  }

  openPainter(): PagePainter {
    this.painters += 1;
    return {
      drawPage: async (page) => {
        if (this.whitePages.includes(page)) throw new Error('no canvas here');
        return { png: PNG };
      },
      drawSheet: async () => ({ png: PNG, whitePages: this.whitePages }),
      close: async () => void (this.painters -= 1),
    };
  }
}

interface Ran {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

async function parse(
  args: readonly string[],
  parser = new MemoryParser(),
  stdin: readonly string[] | StandardInput = [],
): Promise<Ran> {
  let [out, err] = ['', ''];
  const ports = {
    uploadLimitBytes: 100,
    localParser: () => parser,
    close: async () => undefined,
  } as unknown as CliPorts;
  const exitCode = await runCli(['parse', ...args], {
    cwd: folder,
    isDebug: () => false,
    connect: async () => ports,
    stdin: 'open' in stdin ? stdin : { open: () => piecesOf(stdin) },
    streams: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      hasColours: false,
      isInteractive: false,
    },
  });
  expect(parser.painters).toBe(0);
  return { exitCode, out, err };
}

async function* piecesOf(texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

const redirectedFrom = (name: string): StandardInput => ({
  open: () => piecesOf([contentOf(name)]),
  stat: () => statSync(join(folder, name), { bigint: true }),
});

const contentOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-parse-'));
  writeFileSync(join(folder, 'a.pdf'), '%PDF-a');
  writeFileSync(join(folder, 'large.pdf'), 'x'.repeat(101));
  mkdirSync(join(folder, 'folder'));
  symlinkSync('a.pdf', join(folder, 'link.pdf'));
  linkSync(join(folder, 'a.pdf'), join(folder, 'same.pdf'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('docstream parse', () => {
  it('prints an overview for people', async () => {
    const { exitCode, out, err } = await parse(['a.pdf']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('file       a.pdf (6 bytes)');
    expect(out).toMatch(/── page 3 ─+\nthird page/);
  });

  it('prints the document as JSON, of the pages that were asked for', async () => {
    expect(JSON.parse((await parse(['a.pdf', '--json'])).out)).toEqual(DOCUMENT);
    const { pages }: ParsedDocument = JSON.parse((await parse(['a.pdf', '--json', '--page', '2-3'])).out);
    expect(pages).toEqual(DOCUMENT.pages.slice(1));
  });

  it('prints nothing but text with --text, pages parted by form feeds', async () => {
    expect((await parse(['a.pdf', '--text'])).out).toBe(`${documentText(DOCUMENT)}\n`);
    expect((await parse(['a.pdf', '--text', '--page', '2'])).out).toBe('second page\n');
  });

  it('draws the pages asked for as SVG', async () => {
    const { exitCode, out } = await parse(['a.pdf', '--svg', '--page', '2-3']);
    expect(exitCode).toBe(0);
    expect(out).toContain('id="page-2"');
    expect(out).not.toContain('id="page-1"');
    expect(out.match(/data:image\/png;base64,AQID/g)).toHaveLength(2);
  });

  it('draws boxes on white where there is no picture, and says so once for each reason', async () => {
    const parser = new MemoryParser();
    parser.whitePages = [1, 3];
    const { exitCode, out, err } = await parse(['a.pdf', '--svg'], parser);
    expect(exitCode).toBe(0);
    expect(out.match(/<image /g)).toHaveLength(1);
    expect(err).toBe('page 1, 3: boxes on white, for there is no picture: no canvas here\n');
  });

  it('writes a PNG file', async () => {
    const { exitCode, out } = await parse(['a.pdf', '--png', 'drawing.png']);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(new Uint8Array(readFileSync(join(folder, 'drawing.png')))).toEqual(PNG);
  });

  it('takes standard input for -, and the parser that is named', async () => {
    const parser = new MemoryParser();
    const { out } = await parse(['-', '--adapter', 'pdf2json'], parser, ['%PDF', '-b']);
    expect(parser.parsed).toEqual([{ text: '%PDF-b', name: 'pdf2json' }]);
    expect(out).toContain('standard input (6 bytes)');
  });

  it('writes to a file what it would have printed', async () => {
    const printed = await parse(['a.pdf', '--svg']);
    const written = await parse(['a.pdf', '--svg', '--output', 'out.svg']);
    expect(written).toEqual({ exitCode: 0, out: '', err: '' });
    expect(contentOf('out.svg')).toBe(printed.out);
  });

  it.each(['a.pdf', './folder/../a.pdf', 'link.pdf', 'same.pdf'])(
    'never writes over the PDF, named %s',
    async (name) => {
      for (const option of ['--output', '--png']) {
        for (const [input, stdin] of [
          ['a.pdf', []],
          ['-', redirectedFrom('a.pdf')],
        ] as const) {
          const { exitCode, err } = await parse([input, option, name], new MemoryParser(), stdin);
          expect(exitCode).toBe(1);
          expect(err).toContain(`${name} is the PDF itself: name another file`);
        }
      }
      expect(contentOf('a.pdf')).toBe('%PDF-a');
    },
  );

  it('leaves the output as it was when the document cannot be read', async () => {
    writeFileSync(join(folder, 'kept.txt'), 'kept');
    const parser = new MemoryParser();
    parser.failure = new PoisonError('PDF_ENCRYPTED', 'The PDF opens with a password only.');
    const { exitCode, err } = await parse(['a.pdf', '--output', 'kept.txt'], parser);
    expect(exitCode).toBe(1);
    expect(err).toBe(
      `error: The PDF opens with a password only.\nPDF_ENCRYPTED: ${ERROR_CODES.PDF_ENCRYPTED.remedy}\n`,
    );
    expect(contentOf('kept.txt')).toBe('kept');
  });

  it.each([
    ['an empty one', { open: () => piecesOf([]) }, 'nothing could be read from standard input'],
    [
      'a folder',
      { open: () => piecesOf([]), stat: () => statSync(folder, { bigint: true }) },
      'standard input is a folder',
    ],
    [
      'one that fails',
      {
        open: () => {
          throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
        },
      },
      'standard input cannot be read (EIO: i/o error, read)',
    ],
  ] as const)('says that standard input could not be read, %s', async (_, stdin, reason) => {
    const parser = new MemoryParser();
    const { exitCode, err } = await parse(['-', '--json'], parser, stdin);
    expect(exitCode).toBe(1);
    expect(err).toContain(reason);
    expect(parser.parsed).toEqual([]);
  });

  it('leaves the output as it was when writing it fails midway', async () => {
    writeFileSync(join(folder, 'kept.svg'), 'kept');
    const parser = new MemoryParser();
    const painter = parser.openPainter();
    parser.openPainter = () => ({
      ...painter,
      close: () => {
        parser.painters -= 1;
        return Promise.reject(Object.assign(new Error('ENOSPC: no space left, write'), { code: 'ENOSPC' }));
      },
    });
    for (const name of ['kept.svg', 'new.svg']) {
      parser.painters = 1;
      const { exitCode, err } = await parse(['a.pdf', '--svg', '--output', name], parser);
      expect(exitCode).toBe(1);
      expect(err).toContain(`${name} cannot be written (ENOSPC`);
    }
    expect(contentOf('kept.svg')).toBe('kept');
    expect(readdirSync(folder).filter((name) => /new\.svg|\.part$/.test(name))).toEqual([]);
  });

  it('writes where a link leads, and keeps who may read the file', async () => {
    writeFileSync(join(folder, 'target.txt'), 'before');
    chmodSync(join(folder, 'target.txt'), 0o600);
    symlinkSync('target.txt', join(folder, 'to-target.txt'));
    expect((await parse(['a.pdf', '--text', '--output', 'to-target.txt'])).exitCode).toBe(0);
    expect(lstatSync(join(folder, 'to-target.txt')).isSymbolicLink()).toBe(true);
    expect(contentOf('target.txt')).toContain('first page');
    expect(statSync(join(folder, 'target.txt')).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['none.pdf'], 'none.pdf: there is no such file; check the path'],
    [['a.pdf/b'], 'a.pdf/b: there is no such file; check the path'],
    [['folder'], 'folder is a folder: name one PDF in it'],
    [['large.pdf'], 'The file has 101 bytes, which is more than the limit of 100 bytes.'],
    [['a.pdf', '--page', '4'], '--page goes beyond the end: a.pdf has 3 pages'],
    [['a.pdf', '--page', '2-4'], '--page goes beyond the end: a.pdf has 3 pages'],
    [['a.pdf', '--output', 'folder'], 'folder cannot be written (EISDIR'],
    [['a.pdf', '--png', 'none/a.png'], 'none/a.png cannot be written (ENOENT'],
  ])('ends with 1 for %j and says why', async (args, reason) => {
    const { exitCode, out, err } = await parse(args);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toContain(reason);
    expect(err).not.toContain('This is a bug');
  });

  it('stops reading standard input at the limit', async () => {
    const parser = new MemoryParser();
    const { exitCode, err } = await parse(['-'], parser, ['x'.repeat(60), 'x'.repeat(60)]);
    expect(exitCode).toBe(1);
    expect(err).toContain('PDF_TOO_LARGE: Split it');
    expect(parser.parsed).toEqual([]);
  });

  it('draws no more pages than one drawing holds', async () => {
    const parser = new MemoryParser();
    parser.document = parsedText(Array.from({ length: 51 }, () => 'page').join('\f'));
    const { exitCode, err } = await parse(['a.pdf', '--svg'], parser);
    expect(exitCode).toBe(1);
    expect(err).toContain('choose 50 at most, as --page 1-50');
  });

  it.each([
    [[], "missing required argument 'file'"],
    [['a.pdf', 'b.pdf'], 'too many arguments'],
    [['a.pdf', '--page', '0'], 'the first page is 1'],
    [['a.pdf', '--page', '3-2'], 'It must be a page as 3 or pages as 2-5'],
    [['a.pdf', '--page', '1-'], 'It must be a page as 3 or pages as 2-5'],
    [['a.pdf', '--json', '--text'], "cannot be used with option '--text'"],
    [['a.pdf', '--svg', '--png', 'x.png'], "cannot be used with option '--png <file>'"],
    [['a.pdf', '--png', 'x.png', '--output', 'y'], "cannot be used with option '--output <file>'"],
    [['a.pdf', '--output', 'json'], 'It names a file here: use --json'],
    [['a.pdf', '--adapter', 'docling'], 'Allowed choices are pdfjs, pdf2json'],
  ])('ends with 2 for %j and reads nothing', async (args, reason) => {
    const parser = new MemoryParser();
    const { exitCode, out, err } = await parse(args, parser);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(reason);
    expect(parser.parsed).toEqual([]);
  });
});
