import type { Page } from '@docstream/contracts';

const PAPERS: readonly (readonly [name: string, width: number, height: number])[] = [
  ['A3', 842, 1191],
  ['A4', 595, 842],
  ['A5', 420, 595],
  ['Letter', 612, 792],
  ['Legal', 612, 1008],
];

/** `595 × 842 pt (A4)`. */
export function sizeText({ width, height }: Pick<Page, 'width' | 'height'>): string {
  if (!(width > 0 && height > 0)) return 'size unknown';
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const paper = PAPERS.find(([, x, y]) => Math.abs(short - x) < 2 && Math.abs(long - y) < 2)?.[0];
  const turned = paper !== undefined && width > height ? ' landscape' : '';
  return `${round(width)} × ${round(height)} pt${paper === undefined ? '' : ` (${paper}${turned})`}`;
}

/** What was found on a page, or why nothing was. */
export function stateText({ state, ocr, problem }: Pick<Page, 'state' | 'ocr' | 'problem'>): string {
  const recognised =
    ocr === undefined ? '' : ` recognised by ${ocr.engine} (${Math.round(ocr.confidence * 100)} %)`;
  const reason = problem === undefined ? '' : `: ${problem}`;
  return `${state === 'image-only' ? 'image only' : state}${recognised}${reason}`;
}

const round = (points: number): number => Math.round(points);
