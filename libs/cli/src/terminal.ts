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

/** Writes what people and programs read. */
export class Terminal {
  readonly colours: Colours;
  readonly #streams: TerminalStreams;
  #hasProgress = false;

  constructor(streams: TerminalStreams) {
    this.#streams = streams;
    this.colours = pc.createColors(streams.hasColours);
  }

  print(text: string): void {
    this.#endProgress();
    this.#streams.out(`${text}\n`);
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
    for (const row of rows) table.push([...row]);
    const text = table.toString();
    this.print(
      text
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n'),
    );
  }

  warn(text: string): void {
    this.#endProgress();
    this.#streams.err(`${text}\n`);
  }

  /** Replaces the last progress in a terminal; elsewhere nothing, the result says it all. */
  progress(text: string): void {
    if (!this.#streams.isInteractive) return;
    this.#hasProgress = true;
    this.#streams.err(`\r\u001b[2K${text}`);
  }

  #endProgress(): void {
    if (!this.#hasProgress) return;
    this.#hasProgress = false;
    this.#streams.err('\r\u001b[2K');
  }
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
