import Table from 'cli-table3';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;
export type OutputFormat = 'table' | 'json';

/** Results go to `out`, progress and errors to `err`. */
export interface TerminalStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** False: no colours, as NO_COLOR asks for. */
  readonly hasColours: boolean;
  /** True: progress may rewrite its line. */
  readonly isInteractive: boolean;
}

/** Control characters of ISO 6429, C0 and C1, but tab and newline. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const COLOURS = /(\u001b\[(?:2|22|31|32|33|39)m)/;

/**
 * Foreign text can't move the cursor, retitle the window or hide a line: control characters appear as JSON writes them
 * (which leaves JSON what it is). Lines stay lines, and `hasColours` leaves the colours that this program uses.
 */
export function escapeControls(text: string, hasColours = false): string {
  const parts = hasColours ? text.split(COLOURS) : [text];
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll(CONTROLS, toEscape))).join('');
}

/** As escapeControls, and line ends, too: for foreign text in a line or cell of ours. */
export function inOneLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n');
}

/** Writes what people and programs read, without the control characters of others. */
export class Terminal {
  readonly colours: Colours;
  readonly #streams: TerminalStreams;
  #hasProgress = false;

  constructor(streams: TerminalStreams) {
    this.#streams = streams;
    this.colours = pc.createColors(streams.hasColours);
  }

  print(text: string): void {
    this.endProgress();
    this.#streams.out(`${this.#escape(text)}\n`);
  }

  /** As `print`, but the form feeds between pages stay form feeds. */
  printPages(text: string): void {
    this.endProgress();
    this.#streams.out(
      `${text
        .split('\f')
        .map((page) => this.#escape(page))
        .join('\f')}\n`,
    );
  }

  printJson(value: unknown): void {
    const text = JSON.stringify(
      value,
      (_, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry),
      2,
    );
    this.print(text);
  }

  printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const table = new Table({
      head: head.map((title) => this.colours.dim(title)),
      chars: NO_BORDERS,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    });
    // Before the widths are measured.
    for (const row of rows) table.push(row.map((cell) => this.#escape(cell)));
    const text = table.toString();
    this.print(
      text
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n'),
    );
  }

  warn(text: string): void {
    this.endProgress();
    this.#streams.err(`${this.#escape(text)}\n`);
  }

  /** Replaces the last progress in a terminal; elsewhere nothing, the result says it all. */
  progress(text: string): void {
    if (!this.#streams.isInteractive) return;
    this.#hasProgress = true;
    this.#streams.err(`\r\u001b[2K${this.#escape(text)}`);
  }

  #escape(text: string): string {
    return escapeControls(text, this.#streams.hasColours);
  }

  /** Clears the line of the last progress, when nothing is printed after it. */
  endProgress(): void {
    if (!this.#hasProgress) return;
    this.#hasProgress = false;
    this.#streams.err('\r\u001b[2K');
  }
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
