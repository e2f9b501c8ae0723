import { DEFAULT_TENANT, MIN_PREFIX_LENGTH, type Classification } from '@docstream/contracts';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../commands.js';
import { readInput } from '../parse/input.js';
import type { Define } from '../program.js';
import { printExplanation } from './print-explanation.js';

/** `docstream explain`: a PDF file needs no service, a stored document the database and the blob store. */
export function registerExplainCommand(
  program: Command,
  define: Define,
  readTenant: (text: string) => string,
): void {
  define(
    program
      .command('explain')
      .description('why the classifier calls a document what it does')
      .argument('<document>', 'a PDF file, or the id of a stored document (six characters or more)')
      .option('--tenant <name>', 'whose stored document', readTenant, DEFAULT_TENANT),
    (command) => (context) => explainCommand(context, command.args[0] ?? '', command.opts()),
  );
}

/** What was decided about a stored document when it passed. */
export interface Earlier {
  readonly documentId: string;
  readonly fileName: string | null;
  readonly classification: Classification | null;
}

/** True when the document could be read and the decision explained. */
export async function explainCommand(
  context: CommandContext,
  name: string,
  { tenant }: { readonly tenant: string },
): Promise<boolean> {
  const { ports, terminal, output } = context;
  try {
    const source = await findSource(context, name, tenant);
    if ('problem' in source) {
      terminal.warn(`${terminal.colours.red('error:')} ${source.problem}`);
      return false;
    }
    terminal.progress(`reading ${name} …`);
    const document = await ports.localParser().parse(source.bytes);
    terminal.progress(`classifying ${name} …`);
    const explained = await ports.documentExplainer().explain(document);
    const { earlier } = source;
    const parser = document.parser;
    if (output === 'json') terminal.printJson({ ...explained, parser, earlier });
    else printExplanation(terminal, { name, parser, explained, earlier });
    const difference = earlier === null ? null : differenceOf(earlier, explained.classification);
    if (difference !== null) terminal.warn(difference);
    return true;
  } finally {
    terminal.endProgress();
  }
}

/** What is explained is the decision made here and now; null when the stored one is the same. */
function differenceOf({ classification: then }: Earlier, now: Classification): string | null {
  if (then === null)
    return 'It has not been classified yet: this is what the classifier configured here would say.';
  const versions = (['head', 'model'] as const)
    .filter((part) => then[part] !== now[part])
    .map((part) => `${part} ${then[part]}`);
  const isSame = then.type === now.type && Math.abs(then.confidence - now.confidence) < 0.005;
  if (isSame && versions.length === 0) return null;
  const before = `When it passed it was called ${then.type} (${then.confidence.toFixed(2)})`;
  return versions.length === 0
    ? `${before} by the same head: another parser read it then.`
    : `${before} by ${versions.join(' and ')}, not by those explained here.`;
}

type Source = { readonly bytes: Uint8Array; readonly earlier: Earlier | null } | { readonly problem: string };

/** A file of that name, else a stored document whose id begins so. */
async function findSource({ ports, cwd }: CommandContext, name: string, tenant: string): Promise<Source> {
  if (await exists(resolve(cwd, name))) {
    const input = await readInput(name, cwd, ports.uploadLimitBytes);
    return 'problem' in input ? input : { ...input, earlier: null };
  }
  const id = name.toLowerCase();
  if (id.length < MIN_PREFIX_LENGTH || !/^[a-z2-7]+$/.test(id))
    return {
      problem: `${name}: there is no such file, and it is no document id of ${MIN_PREFIX_LENGTH} characters or more`,
    };
  const view = await ports.documents().find(tenant, id);
  if (view === null)
    return {
      problem: `${name}: there is no such file, and no such document of tenant ${tenant}; \`docstream results\` lists them`,
    };
  const { documentId, fileName, classification, sha256, bytes, mediaType } = view;
  if (sha256 === null || bytes === null || view.erasedAt !== null)
    return { problem: `${name}: the bytes of the document are not kept (state ${view.state})` };
  const blob = { sha256, bytes, mediaType };
  return {
    bytes: await ports.blobStore().redeem(tenant, blob),
    earlier: { documentId, fileName, classification },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
