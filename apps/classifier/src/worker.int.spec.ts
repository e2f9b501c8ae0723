import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ParsedDocument } from '@docstream/contracts';
import { parsedText } from '@docstream/testing';
import type { ClassifyOutput } from './worker.js';

// A process of its own, as in production: the model's native runtime mistakes the arrays of Jest's sandbox for foreign.
const PROGRAM = `
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
const { classify, warmUp } = await import(process.argv[1]);
const documents = JSON.parse(await text(process.stdin));
const { DOCSTREAM_MODEL_DIR: modelDir = '', SPEC_HEAD_FILE: headFile = null } = process.env;
const { SPEC_LABELS_FILE: labelsFile = null, SPEC_SHA256: modelSha256 = null } = process.env;
await warmUp({ modelDir, headFile, labelsFile, modelSha256 });
const context = { documentId: 'd', run: 'r', attempt: 1, deadlineMs: 60000 };
const results = [];
for (const document of documents) {
  results.push(await classify({ parsed: gzipSync(JSON.stringify(document)) }, context));
}
process.stdout.write(JSON.stringify(results));
`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runWorker(
  documents: readonly ParsedDocument[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const worker = new URL('../dist/worker.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, worker], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  // A worker that refuses to start closes its end of the pipe; its exit code says so.
  child.stdin.on('error', (error) => (stderr += error.message));
  child.stdin.end(JSON.stringify(documents));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

const GOLDEN: readonly (readonly [type: string, text: string])[] = [
  [
    'invoice',
    `# Invoice
Harbour Tools Ltd, 4 Quay Road, Hull HU1 2AB

Bill to: Meadow School, Leeds
Invoice number: HT-20871
Invoice date: 14 May 2025
Due date: 13 June 2025

Description Quantity Unit price Amount
Cordless drill 2 89.00 178.00
Drill bits set 4 12.50 50.00

Subtotal 228.00
VAT 20 % 45.60
Amount due £273.60
Please pay by bank transfer, IBAN GB29 NWBK 6016 1331 9268 19`,
  ],
  [
    'invoice',
    `# Rechnung
Gärtnerei Sommer, Feldweg 3, 99084 Erfurt

Frau Ida Kern, Lange Gasse 8, 99084 Erfurt
Rechnungsnummer: 2025-118 Rechnungsdatum: 02.06.2025 Kundennummer: 5540

Pos. Bezeichnung Menge Einzelpreis Gesamtpreis
1 Heckenschnitt 5 Std. 42,00 210,00
2 Entsorgung Grünschnitt 1 35,00 35,00

Nettobetrag 245,00
MwSt 19 % 46,55
Rechnungsbetrag 291,55 EUR
Zahlbar innerhalb von 14 Tagen ohne Abzug. USt-IdNr. DE123456789`,
  ],
  [
    'scientific-paper',
    `# Sparse indexes for moving objects
Ada Brook, Lin Chen
Department of Computer Science, University of Westmark

Abstract
In this paper we propose an index for objects that move. We show by experiments that it needs half the memory of related work.

Keywords: index structures, moving objects

1 Introduction
Moving objects are found in many applications [1, 4]. Earlier results by Smith et al. [2] rely on trees, which are costly to update [3].

2 Related work
The method of [5] is closest to ours; see Figure 1.

References
[1] J. Smith, A. Jones. Trees for points. In Proceedings of the Conference on Data, 2004.
[2] J. Smith et al. Moving trees. Journal of Data 3(2), 2006.`,
  ],
  [
    'resume',
    `# Maya Lindgren
maya.lindgren@example.org, +46 70 123 45 67, Gothenburg, linkedin.com/in/mayal

Experience
Senior data engineer, Blue Sea AB, 2019 - present
Built the company's event platform and led a team of six.
Developer, Tern Software, 2014 - 2019
Wrote billing software in Java and Python.

Education
Master of Science, Chalmers University, 2014

Skills
Python, Java, SQL, Kafka, project management
Languages: Swedish, English, German`,
  ],
  [
    'letter',
    `Tom Ashby
12 Mill Lane, York

3 February 2025

Dear Mrs Hale,

thank you for your letter of 20 January. I was glad to hear that the school has found a new home for the library and that the children will be able to use it from spring on.

I am writing to ask whether you would still like to have the books that my father left. Please do not hesitate to call me.

Yours sincerely,
Tom Ashby`,
  ],
];

const SPANISH =
  'Estimada señora, le agradecemos su carta y le informamos de que los libros que usted ha pedido se envían el lunes y que llegarán a su domicilio antes del fin de la semana. Un saludo muy cordial de todos nosotros.';

const folder = mkdtempSync(join(tmpdir(), 'docstream-classifier-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the classifier worker', () => {
  it('recognises documents like those it was trained for, and abstains where it should', async () => {
    const documents = [...GOLDEN.map(([, text]) => text), SPANISH, 'Page 1'].map((text) => parsedText(text));
    const { code, stdout, stderr } = await runWorker(documents);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const results = JSON.parse(stdout) as ClassifyOutput[];
    expect(results.map(({ classification }) => classification.type)).toEqual([
      ...GOLDEN.map(([type]) => type),
      'unknown',
      'unknown',
    ]);
    expect(results.at(-1)).toMatchObject({ chunks: 0, classification: { confidence: 0, runnerUp: null } });
    expect(results[0]?.classification.model).toMatch(/@[0-9a-f]{8}$/);
  }, 90_000);

  it('gives the same answer again, whatever came before', async () => {
    const document = parsedText(GOLDEN[0]?.[1] ?? '');
    const other = parsedText(GOLDEN[2]?.[1] ?? '');
    const { stdout } = await runWorker([document, other, document]);
    const [first, , again] = JSON.parse(stdout) as ClassifyOutput[];
    expect(again?.classification).toEqual(first?.classification);
  }, 90_000);

  it('refuses to start without a model and says what to do', async () => {
    const { code, stderr } = await runWorker([], { DOCSTREAM_MODEL_DIR: '/nowhere' });
    expect(code).not.toBe(0);
    expect(stderr).toContain('set DOCSTREAM_MODEL_DIR');
  }, 90_000);

  it('refuses a model that is not the pinned one, and a head that was trained with another', async () => {
    const pinned = await runWorker([], { SPEC_SHA256: '0'.repeat(64) });
    expect(pinned.code).not.toBe(0);
    expect(pinned.stderr).toContain('DOCSTREAM_MODEL_SHA256');

    const shipped = new URL('../../../models/head/head.json', import.meta.url);
    const head = readFileSync(shipped, 'utf8').replace(/"model": "[^"]+"/, '"model": "other@00000000"');
    writeFileSync(join(folder, 'head.json'), head);
    const foreign = await runWorker([], { SPEC_HEAD_FILE: join(folder, 'head.json') });
    expect(foreign.code).not.toBe(0);
    expect(foreign.stderr).toContain('`docstream train`');
  }, 90_000);

  it('knows types described in words without an example', async () => {
    const labels = join(folder, 'labels.yaml');
    writeFileSync(
      labels,
      'types:\n  bill: A bill with an amount to pay\n  cv: The education, skills and work experience of a person\n',
    );
    const documents = [GOLDEN[0], GOLDEN[3]].map((golden) => parsedText(golden?.[1] ?? ''));
    const { stdout } = await runWorker(documents, { SPEC_LABELS_FILE: labels });
    const results = JSON.parse(stdout) as ClassifyOutput[];
    expect(results.map(({ classification }) => classification.type)).toEqual(['bill', 'cv']);
  }, 90_000);
});
