import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { RawRun } from '@docstream/core';
import { IDENTITY, multiply, toMatrix, type Matrix } from './matrix.js';

export interface FontFacts {
  readonly bold: boolean;
  readonly vertical: boolean;
  /** Width units to text space: 0.001 but for Type 3 and fonts designed on another grid. */
  readonly widthScale: number;
  /** Height of the letters by font size: 1 but for Type 3, whose font size says nothing. */
  readonly sizeScale: number;
}

/** The part of pdfjs's operator list that is read here. */
export interface Operators {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

interface TextState {
  matrix: Matrix;
  font: FontFacts | null;
  fontSize: number;
  characterSpacing: number;
  wordSpacing: number;
  horizontalScale: number;
  leading: number;
  rise: number;
  fillsWhite: boolean;
}

/** Told of each path with the matrix that takes it to the page as shown; `args` are those of pdfjs's constructPath. */
export type PathListener = (args: readonly unknown[], matrix: Matrix, fillsWhite: boolean) => void;

interface Glyph {
  readonly unicode: string;
  readonly width: number;
  readonly isSpace: boolean;
  readonly vmetric?: readonly number[];
}

// A gap of this share of the font size begins a new run; whether it separates words is decided in libs/parsing.
const RUN_GAP = 0.06;

function isGlyph(value: unknown): value is Glyph {
  return value !== null && typeof value === 'object' && 'unicode' in value && 'width' in value;
}

function toNumber(value: unknown): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

/** Collects one run; `position` is where the pen stands along the direction of writing, in user space units. */
class RunBuilder {
  private text = '';
  private offsets: number[] = [];
  private start = 0;
  private end = 0;

  constructor(
    private readonly emit: (text: string, start: number, offsets: readonly number[], end: number) => void,
    private readonly gap: number,
  ) {}

  add(text: string, position: number, advance: number): void {
    if (this.text !== '' && Math.abs(position - this.end) > this.gap) this.flush();
    if (this.text === '') this.start = position;
    for (let unit = 0; unit < text.length; unit += 1) {
      this.offsets.push(position - this.start + (advance * unit) / text.length);
    }
    this.text += text;
    this.end = position + advance;
  }

  flush(): void {
    if (this.text !== '') this.emit(this.text, this.start, this.offsets, this.end);
    this.text = '';
    this.offsets = [];
  }
}

/**
 * Follows the text operators of one page (ISO 32000-1, 9.4) and returns what they draw, with the place of every
 * character. `viewport` maps user space to the page as shown, y downwards.
 */
export function readOperators(
  operators: Operators,
  viewport: Matrix,
  fontOf: (name: string) => FontFacts,
  onPath: PathListener,
): { readonly runs: RawRun[]; readonly pathCount: number } {
  const runs: RawRun[] = [];
  let pathCount = 0;
  let state: TextState = {
    matrix: viewport,
    font: null,
    fontSize: 0,
    characterSpacing: 0,
    wordSpacing: 0,
    horizontalScale: 1,
    leading: 0,
    rise: 0,
    fillsWhite: false,
  };
  const stack: TextState[] = [];
  let textMatrix: Matrix = IDENTITY;
  let lineX = 0;
  let lineY = 0;
  let x = 0;
  let y = 0;

  const save = (): void => void stack.push({ ...state });
  const restore = (): void => {
    state = stack.pop() ?? state;
  };
  const transform = (value: unknown): void => {
    const matrix = toMatrix(value);
    if (matrix !== null) state.matrix = multiply(state.matrix, matrix);
  };
  const setFont = (name: unknown, size: unknown): void => {
    state.font = fontOf(String(name));
    state.fontSize = toNumber(size);
  };
  const moveText = (byX: unknown, byY: unknown): void => {
    lineX += toNumber(byX);
    lineY += toNumber(byY);
    x = lineX;
    y = lineY;
  };

  const showText = (glyphs: unknown): void => {
    const { font, fontSize } = state;
    if (font === null || fontSize === 0 || !Array.isArray(glyphs)) return;
    const place = multiply(state.matrix, textMatrix);
    const unitX = font.vertical ? place[2] : place[0];
    const unitY = font.vertical ? place[3] : place[1];
    const unit = Math.hypot(unitX, unitY);
    const shownSize = Math.abs(fontSize) * font.sizeScale * Math.hypot(place[2], place[3]);
    if (unit === 0 || shownSize === 0 || !Number.isFinite(unit * shownSize)) return;
    const baseX = x;
    const baseY = y;
    // Vertical writing moves down the page: the pen's progress counts downwards there.
    const sign = font.vertical ? -1 : fontSize < 0 ? -1 : 1;
    const angle = (Math.atan2(sign * unitY, sign * unitX) * 180) / Math.PI;
    const emit = (text: string, start: number, offsets: readonly number[], end: number): void => {
      const alongX = font.vertical ? baseX : baseX + start * sign;
      const alongY = font.vertical ? baseY + start * sign : baseY + state.rise;
      runs.push({
        text,
        x: place[0] * alongX + place[2] * alongY + place[4],
        y: place[1] * alongX + place[3] * alongY + place[5],
        angle: angle < -0.001 ? angle + 360 : angle,
        length: (end - start) * unit,
        fontSize: shownSize,
        bold: font.bold,
        offsets: [...offsets, end - start].map((offset) => offset * unit),
      });
    };
    const size = Math.abs(fontSize);
    const stretch = font.vertical ? 1 : state.horizontalScale;
    const run = new RunBuilder(emit, (RUN_GAP * shownSize) / unit);
    let pen = 0;
    for (const glyph of glyphs) {
      if (typeof glyph === 'number') {
        pen += ((font.vertical ? 1 : -1) * glyph * size * stretch) / 1000;
        continue;
      }
      if (!isGlyph(glyph)) continue;
      const width = font.vertical ? -(glyph.vmetric?.[0] ?? -1000) : glyph.width;
      const spacing = state.characterSpacing + (glyph.isSpace ? state.wordSpacing : 0);
      // Spacing stands between letters: it is no part of the letter's own width.
      const drawn = width * size * font.widthScale * stretch;
      if (glyph.unicode !== '') run.add(glyph.unicode, pen, Math.max(drawn, 0));
      pen += drawn + spacing * stretch;
    }
    run.flush();
    if (font.vertical) y += pen * sign;
    else x += pen * sign;
  };

  for (const [index, operator] of operators.fnArray.entries()) {
    const value = operators.argsArray[index];
    const args: readonly unknown[] = Array.isArray(value) ? value : [];
    switch (operator) {
      case OPS.save:
        save();
        break;
      case OPS.restore:
      case OPS.paintFormXObjectEnd:
      case OPS.endAnnotation:
        restore();
        break;
      case OPS.transform:
        transform(args);
        break;
      case OPS.paintFormXObjectBegin:
        save();
        transform(args[0]);
        break;
      case OPS.beginAnnotation:
        save();
        state.matrix = viewport;
        transform(args[2]);
        transform(args[3]);
        break;
      case OPS.setGState:
        for (const entry of Array.isArray(args[0]) ? (args[0] as unknown[]) : []) {
          if (Array.isArray(entry) && entry[0] === 'Font' && Array.isArray(entry[1])) {
            setFont(entry[1][0], entry[1][1]);
          }
        }
        break;
      case OPS.beginText:
        textMatrix = IDENTITY;
        lineX = lineY = x = y = 0;
        break;
      case OPS.setCharSpacing:
        state.characterSpacing = toNumber(args[0]);
        break;
      case OPS.setWordSpacing:
        state.wordSpacing = toNumber(args[0]);
        break;
      case OPS.setHScale:
        state.horizontalScale = toNumber(args[0]) / 100;
        break;
      case OPS.setLeading:
        state.leading = toNumber(args[0]);
        break;
      case OPS.setTextRise:
        state.rise = toNumber(args[0]);
        break;
      case OPS.setFont:
        setFont(args[0], args[1]);
        break;
      case OPS.setTextMatrix:
        textMatrix = toMatrix(args[0]) ?? toMatrix(args) ?? textMatrix;
        lineX = lineY = x = y = 0;
        break;
      case OPS.moveText:
        moveText(args[0], args[1]);
        break;
      case OPS.setLeadingMoveText:
        state.leading = -toNumber(args[1]);
        moveText(args[0], args[1]);
        break;
      case OPS.nextLine:
        moveText(0, -state.leading);
        break;
      case OPS.showText:
        showText(args[0]);
        break;
      case OPS.constructPath:
        pathCount += 1;
        onPath(args, state.matrix, state.fillsWhite);
        break;
      case OPS.setFillRGBColor:
        state.fillsWhite = args[0] === '#ffffff';
        break;
      case OPS.setFillColorN:
      case OPS.setFillTransparent:
        state.fillsWhite = false;
        break;
    }
  }
  return { runs, pathCount };
}
