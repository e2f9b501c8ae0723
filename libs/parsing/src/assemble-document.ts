import {
  documentText,
  qualityOf,
  type Block,
  type Page,
  type PageState,
  type ParsedDocument,
} from '@docstream/contracts';
import type { RawPage, RawPdf, RawRun } from '@docstream/core';
import { readAttachments } from './attachments.js';
import { orderSegments } from './columns.js';
import { ASCENT, cutRun, DESCENT, type Fragment } from './fragments.js';
import { frameOf, toBox } from './geometry.js';
import { joinHyphenated, vocabularyOf } from './hyphenation.js';
import { detectLanguage } from './language.js';
import { toBlocks } from './lines.js';
import { toMetadata } from './metadata.js';
import { toSegments } from './rows.js';

/** Slants of up to this many degrees are read as straight: scans are never quite level. */
const SLANT = 7;

function directionOf(run: RawRun): number {
  const quarter = Math.round(run.angle / 90) * 90;
  const angle = Math.abs(run.angle - quarter) <= SLANT ? quarter : Math.round(run.angle);
  return angle % 360;
}

/** Text wholly outside the page is not seen by a reader, and is not trusted. */
function isOnPage(run: RawRun, page: RawPage): boolean {
  const frame = frameOf(run.angle);
  const box = toBox(frame, 0, -ASCENT * run.fontSize, run.length, DESCENT * run.fontSize);
  return (
    run.x + box[2] > 0 && run.x + box[0] < page.width && run.y + box[3] > 0 && run.y + box[1] < page.height
  );
}

const isFiniteRun = (run: RawRun): boolean =>
  [run.x, run.y, run.angle, run.length, run.fontSize].every(Number.isFinite);

function blocksOf(page: RawPage): Block[] {
  const directions = new Map<number, RawRun[]>();
  for (const run of page.runs) {
    if (!isFiniteRun(run) || !isOnPage(run, page)) continue;
    const direction = directionOf(run);
    const runs = directions.get(direction);
    if (runs === undefined) directions.set(direction, [run]);
    else runs.push(run);
  }
  const blocks: { readonly blocks: Block[]; readonly characters: number }[] = [];
  for (const [direction, runs] of directions) {
    const frame = frameOf(direction);
    const fragments: Fragment[] = runs.flatMap((run) => cutRun(run, frame));
    const flows = orderSegments(toSegments(fragments));
    blocks.push({
      blocks: flows.flatMap((flow) => toBlocks(flow, frame)),
      characters: fragments.reduce((count, fragment) => count + fragment.text.length, 0),
    });
  }
  // The direction of most of the text is read first; margin notes and watermarks follow.
  return blocks.sort((a, b) => b.characters - a.characters).flatMap((part) => part.blocks);
}

function stateOf(page: RawPage, blocks: readonly Block[]): PageState {
  if (page.problem !== undefined) return 'failed';
  if (blocks.length > 0) return 'text';
  return page.hasImages ? 'image-only' : 'empty';
}

const round = (value: number): number => Math.round(value * 100) / 100;

function toPage(raw: RawPage): Page {
  const blocks = raw.problem === undefined ? blocksOf(raw) : [];
  return {
    number: raw.number,
    width: round(raw.width),
    height: round(raw.height),
    rotation: raw.rotation,
    state: stateOf(raw, blocks),
    blocks,
    ...(raw.problem === undefined ? {} : { problem: raw.problem }),
  };
}

/** What a parser saw, as a document: pages → blocks → lines → words in reading order. Pure; never fails on odd input. */
export function assembleDocument(raw: RawPdf): ParsedDocument {
  const printed = raw.pages.map(toPage);
  const vocabulary = vocabularyOf(
    (function* () {
      for (const page of printed)
        for (const block of page.blocks) for (const line of block.lines) yield line.text;
    })(),
  );
  const pages = printed.map((page) => ({
    ...page,
    blocks: page.blocks.map((block) => joinHyphenated(block, vocabulary)),
  }));
  const document: ParsedDocument = {
    version: 1,
    pages,
    metadata: toMetadata(raw.metadata),
    ...readAttachments(raw.attachments),
    quality: qualityOf(pages.map((page) => page.state)),
    parser: raw.parser,
  };
  const language = detectLanguage(documentText(document));
  return language === undefined ? document : { ...document, language };
}
