import type { Block, Page, PageState } from '@docstream/contracts';
import type { RawPage, RawRun } from '@docstream/core';
import { composeAccents } from './accents.js';
import { toFields, toLinks } from './annotations.js';
import { toBlocks } from './blocks.js';
import { orderSegments } from './columns.js';

import { ASCENT, cutRuns, DESCENT, type Fragment } from './fragments.js';
import { frameOf, toBox } from './geometry.js';
import { toSegments } from './rows.js';
import { toRuling } from './ruling.js';
import { joinRuledRows } from './table-rows.js';
import { tablesOf } from './tables.js';

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

/** Nobody sees text under a point in height and width: what stands there is meant for machines, and is not trusted. */
const isTooSmall = (run: RawRun): boolean => run.fontSize < 1 && run.length < Math.max(run.text.length, 1);

function blocksOf(page: RawPage): Block[] {
  const directions = new Map<number, RawRun[]>();
  for (const run of page.runs) {
    if (!isFiniteRun(run) || isTooSmall(run) || !isOnPage(run, page)) continue;
    const direction = directionOf(run);
    const runs = directions.get(direction);
    if (runs === undefined) directions.set(direction, [run]);
    else runs.push(run);
  }
  const blocks: { readonly blocks: Block[]; readonly characters: number }[] = [];
  for (const [direction, runs] of directions) {
    const frame = frameOf(direction);
    const fragments: Fragment[] = composeAccents(cutRuns(runs, frame));
    const rules = direction === 0 ? page.rules : undefined;
    const flows = orderSegments(joinRuledRows(toSegments(fragments), rules), toRuling(rules));
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
  if (page.hasImages) return 'image-only';
  // What was filled into a form is content, where it leads to is not.
  return page.loss !== undefined && page.fields === undefined ? 'failed' : 'empty';
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** All that can be told from one page alone: text in reading order, tables, links, form fields. */
export function toPage(raw: RawPage): Page {
  const blocks = raw.problem === undefined ? blocksOf(raw) : [];
  const tables = tablesOf(blocks, raw.rules);
  const problem = raw.problem ?? raw.loss;
  return {
    number: raw.number,
    width: round(raw.width),
    height: round(raw.height),
    rotation: raw.rotation,
    state: stateOf(raw, blocks),
    blocks,
    ...(tables.length === 0 ? {} : { tables }),
    ...toLinks(raw),
    ...toFields(raw),
    ...(problem === undefined ? {} : { problem }),
  };
}
