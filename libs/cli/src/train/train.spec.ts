import { PoisonError } from '@docstream/core';
import { parsedText } from '@docstream/testing';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliPorts } from '../ports.js';
import { runCaptured, type CapturedRun } from '../run-captured.js';
import type { HeadTrainer, TrainingOptions, TrainingSample } from './head-trainer.js';

const folders: string[] = [];
let folder: string;

class MemoryTrainer implements HeadTrainer {
  samples: readonly TrainingSample[] = [];
  options: TrainingOptions | null = null;
  refusal: string | null = null;

  nameProblem(type: string): string | null {
    return type === 'unknown' ? 'it means that no type fits' : null;
  }

  async train(samples: readonly TrainingSample[], options: TrainingOptions) {
    this.samples = samples;
    this.options = options;
    if (this.refusal !== null) return { refused: this.refusal };
    return {
      name: 'own@1',
      model: 'm@1',
      languages: ['en'],
      threshold: 0.6,
      types: [{ type: 'a', documents: 2 }],
      measured: null,
      leftOut: [],
      file: 'the head',
      report: 'the report',
    };
  }
}

async function train(args: readonly string[], trainer = new MemoryTrainer()): Promise<CapturedRun> {
  const ports = {
    uploadLimitBytes: 100,
    localParser: () => ({
      parse: async (bytes: Uint8Array) => {
        const text = new TextDecoder().decode(bytes);
        if (text.includes('broken')) throw new PoisonError('NOT_A_PDF', 'it is none');
        return parsedText(text);
      },
    }),
    headTrainer: () => trainer,
    close: async () => undefined,
  } as unknown as CliPorts;
  return runCaptured(['train', ...args], ports, folder);
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-train-'));
  folders.push(folder);
  for (const type of ['a', 'b']) for (const name of ['1', '2']) write(`own/${type}/${name}.pdf`, type + name);
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

describe('docstream train', () => {
  it('writes head and report beside the folders, and learns from every PDF below them', async () => {
    write('own/b/deeper/3.PDF', 'b3');
    write('own/notes.txt', 'not a type');
    const trainer = new MemoryTrainer();
    const { exitCode, out, err } = await train(['--from', 'own'], trainer);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(trainer.samples.map(({ id, type }) => `${type} ${id}`)).toEqual([
      'a a/1.pdf',
      'a a/2.pdf',
      'b b/1.pdf',
      'b b/2.pdf',
      'b b/deeper/3.PDF',
    ]);
    expect(readFileSync(join(folder, 'own/head.json'), 'utf8')).toBe('the head');
    expect(readFileSync(join(folder, 'own/report.md'), 'utf8')).toBe('the report');
    expect(out).toContain('DOCSTREAM_HEAD_FILE');
  });

  it('names a broken PDF, a too large one and a copy, and goes on without them', async () => {
    write('own/a/broken.pdf', 'broken');
    write('own/b/copy.pdf', 'b1');
    write('own/b/large.pdf', 'x'.repeat(101));
    const trainer = new MemoryTrainer();
    const { exitCode, out, err } = await train(['--from', 'own', '--out', 'head', '--json'], trainer);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(trainer.samples).toHaveLength(4);
    expect(JSON.parse(out)).toMatchObject({
      name: 'own@1',
      head: 'head/head.json',
      leftOut: [
        { id: 'a/broken.pdf', reason: 'NOT_A_PDF: it is none' },
        { id: 'b/copy.pdf', reason: 'it is the same file as b/1.pdf' },
        { id: 'b/large.pdf', reason: expect.stringContaining('PDF_TOO_LARGE') },
      ],
    });
  });

  it('hands name and languages on, else the name of the folder', async () => {
    const trainer = new MemoryTrainer();
    await train(['--from', 'own', '--name', 'bills', '--languages', 'en,de'], trainer);
    expect(trainer.options).toMatchObject({ name: 'bills', languages: ['en', 'de'] });
    await train(['--from', 'own'], trainer);
    expect(trainer.options).toMatchObject({ name: 'own' });
  });

  it('ends with 1 and the reason when nothing can be learnt, and writes nothing', async () => {
    write('own/a/broken.pdf', 'broken');
    const trainer = new MemoryTrainer();
    trainer.refusal = 'too few usable documents of a (1)';
    const { exitCode, err } = await train(['--from', 'own', '--out', 'head'], trainer);
    expect(exitCode).toBe(1);
    expect(err).toContain('nothing was trained: too few usable documents of a (1)');
    expect(err).toContain('a/broken.pdf');
    expect(() => readFileSync(join(folder, 'head/head.json'))).toThrow('ENOENT');
  });

  it('ends with 1 for a folder that is not there or a name that cannot be a type', async () => {
    expect(await train(['--from', 'nowhere'])).toMatchObject({ exitCode: 1 });
    write('own/unknown/1.pdf', 'x');
    const { exitCode, err } = await train(['--from', 'own']);
    expect(exitCode).toBe(1);
    expect(err).toContain('"unknown" cannot be the name of a type');
  });

  it.each([[[]], [['--from', 'own', '--languages', 'english']], [['--from', 'own', '--name', 'a b']]])(
    'ends with 2 for %j',
    async (args) => {
      expect((await train(args)).exitCode).toBe(2);
    },
  );
});
