import {
  pageText,
  type DocumentMetadata,
  type EmbeddedInvoice,
  type Page,
  type ParsedDocument,
} from '@docstream/contracts';
import { escapeControls, inOneLine, type Terminal } from '../terminal.js';
import { gridOf } from './grid.js';
import { sizeText, stateText } from './page-text.js';

/** Entries of a list that are printed; the others are counted. */
const LISTED = 20;

/** For people: what was found on these pages of the document, then their text. */
export function printOverview(
  terminal: Terminal,
  document: ParsedDocument,
  pages: readonly Page[],
  file: { readonly name: string; readonly bytes: number },
): void {
  printFacts(terminal, [
    ['file', `${file.name} (${file.bytes} bytes)`],
    [
      'pages',
      `${document.pages.length}${pages.length < document.pages.length ? `, ${pages.length} shown` : ''}`,
    ],
    ['quality', document.quality],
    ['coverage', coverageOf(document)],
    ['language', document.language],
    ...metadataFacts(document.metadata),
    ['parser', document.parser],
    ...invoiceFacts(document.embeddedInvoice),
  ]);
  terminal.print('');
  terminal.printTable(['pages', 'size', 'rotation', 'state'], groupPages(pages));
  printList(terminal, 'outline', ['title', 'page'], outlineRows(document));
  printList(
    terminal,
    'attachments',
    ['name', 'bytes', 'type', 'problem'],
    document.attachments.map(({ name, bytes, mediaType, problem = '' }) => [
      name,
      String(bytes),
      mediaType,
      problem,
    ]),
  );
  printList(
    terminal,
    'links',
    ['page', 'to'],
    pages.flatMap(({ number, links = [] }) =>
      links.map(({ url, page }) => [String(number), url ?? (page === undefined ? '–' : `page ${page}`)]),
    ),
  );
  printList(
    terminal,
    'form fields',
    ['page', 'name', 'type', 'value', 'label'],
    pages.flatMap(({ number, fields = [] }) =>
      fields.map(({ name, type, value, label }) => [String(number), name, type, value ?? '–', label ?? '']),
    ),
  );
  for (const page of pages) printTables(terminal, page);
  for (const page of pages) printText(terminal, page);
}

type Fact = readonly [name: string, value: string | undefined];

function printFacts(terminal: Terminal, facts: readonly Fact[]): void {
  for (const [name, value] of facts) {
    if (value !== undefined) terminal.print(`${terminal.colours.dim(name.padEnd(11))}${inOneLine(value)}`);
  }
}

function coverageOf({ pages }: ParsedDocument): string {
  const count = (state: Page['state']): number => pages.filter((page) => page.state === state).length;
  const without = [
    [count('image-only'), 'image only'],
    [count('empty'), 'empty'],
    [count('failed'), 'failed'],
  ] as const;
  const rest = without.filter(([pagesOf]) => pagesOf > 0).map(([pagesOf, what]) => `${pagesOf} ${what}`);
  return [`text on ${count('text')} of ${pages.length} pages`, ...rest].join(', ');
}

function metadataFacts(metadata: DocumentMetadata): readonly Fact[] {
  const { pdfA } = metadata;
  return [
    ['title', metadata.title],
    ['author', metadata.author],
    ['subject', metadata.subject],
    ['keywords', metadata.keywords],
    ['created', metadata.createdAt],
    ['modified', metadata.modifiedAt],
    ['creator', metadata.creator],
    ['producer', metadata.producer],
    ['PDF', metadata.pdfVersion],
    ['PDF/A', pdfA === undefined ? undefined : `${pdfA} (claimed, not verified)`],
    ['claims', metadata.language === undefined ? undefined : `language ${metadata.language}`],
  ];
}

function invoiceFacts(invoice: EmbeddedInvoice | undefined): readonly Fact[] {
  if (invoice === undefined) return [];
  const { syntax, attachment, number, issueDate, seller, total, currency } = invoice;
  const said = [
    number === undefined ? undefined : `number ${number}`,
    issueDate,
    seller?.name,
    total === undefined ? undefined : `total ${total} ${currency ?? ''}`.trimEnd(),
  ].filter((part) => part !== undefined);
  return [['e-invoice', `${syntax} in ${attachment}: ${said.join(', ')}`]];
}

/** Pages in a row that look the same share a line. */
function groupPages(pages: readonly Page[]): readonly (readonly string[])[] {
  const groups: { readonly first: number; last: number; readonly cells: readonly string[] }[] = [];
  for (const page of pages) {
    const cells = [sizeText(page), `${page.rotation}°`, stateText(page)].map(inOneLine);
    const group = groups.at(-1);
    if (group !== undefined && group.cells.join('\n') === cells.join('\n')) group.last = page.number;
    else groups.push({ first: page.number, last: page.number, cells });
  }
  return groups.map(({ first, last, cells }) => [first === last ? `${first}` : `${first}–${last}`, ...cells]);
}

function outlineRows({ outline = [] }: ParsedDocument): readonly (readonly string[])[] {
  return outline.map(({ title, level, page }) => [
    `${'  '.repeat(Math.min(level, 8))}${title}`,
    page === undefined ? '–' : String(page),
  ]);
}

function printList(
  terminal: Terminal,
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  if (rows.length === 0) return;
  terminal.print(`\n${terminal.colours.dim(`${name} (${rows.length})`)}`);
  terminal.printTable(
    head,
    rows.slice(0, LISTED).map((row) => row.map(inOneLine)),
  );
  if (rows.length > LISTED) terminal.print(`… and ${rows.length - LISTED} more; --json has them all`);
}

function printTables(terminal: Terminal, { number, tables = [] }: Page): void {
  for (const table of tables) {
    const title = `table on page ${number}, ${table.rows} × ${table.columns} by ${table.evidence}`;
    terminal.print(`\n${terminal.colours.dim(title)}\n${gridOf(table)}`);
  }
}

function printText(terminal: Terminal, page: Page): void {
  terminal.print(`\n${terminal.colours.dim(`── page ${page.number} ${'─'.repeat(60)}`)}`);
  if (page.blocks.length === 0) terminal.print(terminal.colours.dim(`(${inOneLine(stateText(page))})`));
  else terminal.print(escapeControls(pageText(page)));
}
