import { PoisonError, type Explanation } from '@docstream/core';
import { parsedText } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliPorts } from '../ports.js';
import { runCaptured, type CapturedRun } from '../run-captured.js';
import type { TriedRules } from './local-extractor.js';

const DOCUMENT = parsedText('Invoice 7');
const EXPLANATION: Explanation = {
  type: 'invoice',
  isDefined: true,
  version: 'rules 1 + own abcd',
  warnings: ['template acme: (a+)+ repeats a repetition'],
  templates: [
    { name: 'acme', holds: true, parts: [{ kind: 'contains', text: 'Acme', holds: true }] },
    { name: 'other', holds: false, parts: [{ kind: 'contains', text: 'Other', holds: false }] },
  ],
  rules: [
    {
      field: 'invoice_number',
      rule: 'invoice.invoice_number.acme/match@1',
      values: [
        { value: 'A\u001b[2J1', raw: 'A1', page: 2, box: [10.4, 20, 30, 40], confidence: 0.95, lost: null },
      ],
      found: 7,
      nothing: null,
    },
    {
      field: 'total',
      rule: 'invoice.total.labelled@1',
      values: [],
      found: 0,
      nothing: 'none of its labels is printed',
    },
  ],
};
let folder: string;

interface Ran extends CapturedRun {
  readonly asked: readonly TriedRules[];
}

async function run(args: readonly string[], failure: Error | null = null): Promise<Ran> {
  const asked: TriedRules[] = [];
  const ports = {
    uploadLimitBytes: 100,
    localParser: () => ({ parse: async () => DOCUMENT }),
    localExtractor: () => ({
      load: (rules: TriedRules) => {
        asked.push(rules);
        return {
          warnings: EXPLANATION.warnings,
          explain: async (document: unknown) => {
            expect(document).toBe(DOCUMENT);
            if (failure !== null) throw failure;
            return EXPLANATION;
          },
        };
      },
    }),
    close: async () => undefined,
  } as unknown as CliPorts;
  return { ...(await runCaptured(['template', 'try', ...args], ports, folder)), asked };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-template-'));
  writeFileSync(join(folder, 'a.pdf'), '%PDF-a');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('docstream template try', () => {
  it('shows templates, values and rules that found nothing', async () => {
    const { exitCode, out, err, asked } = await run([
      'a.pdf',
      '--template',
      'x/acme.yaml',
      '--type',
      'invoice',
    ]);
    expect(exitCode).toBe(0);
    expect(asked).toEqual([{ type: 'invoice', file: join(folder, 'x/acme.yaml') }]);
    expect(err).toBe('warning: template acme: (a+)+ repeats a repetition\n');
    expect(out).toMatch(/^type {6}invoice$/mu);
    expect(out).toMatch(/^template {2}acme holds$/mu);
    expect(out).toMatch(/^template {2}other does not hold: "Other" is not in the text$/mu);
    expect(out).toMatch(
      /^invoice_number +A\\u001b\[2J1 +A1 +2 +10 20 30 40 +0\.95 +invoice\.\S+match@1 +taken$/mu,
    );
    expect(out).toMatch(/^invoice_number +… and 6 more +invoice\.\S+match@1$/mu);
    expect(out).toMatch(/^total +invoice\.total\.labelled@1 +none of its labels is printed$/mu);
  });

  it('prints all of it as JSON', async () => {
    const { exitCode, out, asked } = await run(['a.pdf', '--json']);
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: [{}] });
    expect(JSON.parse(out)).toEqual(EXPLANATION);
  });

  it('says what to do when the rules take too long', async () => {
    const { exitCode, err } = await run(
      ['a.pdf'],
      new PoisonError('WORK_TIMEOUT', 'It took longer than 5 s.'),
    );
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^warning: template acme: .*\nerror: It took longer than 5 s\.\nWORK_TIMEOUT: /u);
  });

  it.each([
    [['none.pdf'], 1, 'none.pdf: there is no such file'],
    [[], 2, "missing required argument 'file'"],
    [['a.pdf', '--output', 'json'], 2, "unknown option '--output'"],
  ])('ends %j with %i and says why', async (args, expected, reason) => {
    const { exitCode, out, err } = await run(args);
    expect({ exitCode, out }).toEqual({ exitCode: expected, out: '' });
    expect(err).toContain(reason);
  });
});
