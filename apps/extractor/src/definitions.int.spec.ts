import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let folder: string;

/** The built service, with nothing to talk to. */
async function start(
  definitions: string,
): Promise<{ readonly exitCode: number | null; readonly out: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      DOCSTREAM_KAFKA_BROKERS: '127.0.0.1:1',
      DOCSTREAM_SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
      DOCSTREAM_BLOB_STORE_URL: `file://${folder}`,
      DOCSTREAM_DEFINITIONS: definitions,
    },
    timeout: 30_000,
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, out };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-extractor-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the extractor', () => {
  it('does not start with definitions that are wrong, and says file, line and remedy', async () => {
    writeFileSync(
      join(folder, 'own.yaml'),
      'type: invoice\nfields:\n  total:\n    rules: [{ value: text }]\n',
    );
    const { exitCode, out } = await start(folder);
    expect(exitCode).toBe(1);
    expect(out).toContain('CONFIGURATION_INVALID');
    expect(out).toContain(
      'own.yaml:4: fields.total.rules[0] gives text, but everybody who reads total expects',
    );
  });

  it('does not start without the folder that it is told of', async () => {
    const { exitCode, out } = await start(join(folder, 'none'));
    expect(exitCode).toBe(1);
    expect(out).toContain('DOCSTREAM_DEFINITIONS: there is no ');
  });
});
