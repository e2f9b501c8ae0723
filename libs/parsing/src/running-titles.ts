import type { Block, Page } from '@docstream/contracts';

/** Running titles stand within this share of the page's height from its top or bottom. */
const MARGIN = 0.14;
const MOST_LINES = 4;
const MOST_BLOCKS = 60;
const TOLERANCE = 6;
/** The pages next to it, and those on the same side of a sheet: titles may alternate. */
const NEIGHBOURS = [
  [-2, -1, 1, 2],
  [-4, -2, 2, 4],
] as const;

type Role = NonNullable<Block['role']>;

interface Candidate {
  readonly block: Block;
  readonly role: Role;
  readonly text: string;
}

/** Page numbers, dates and chapter numbers change from page to page. */
function textOf(block: Block): string {
  const text = block.lines.map((line) => line.words.map((word) => word.text).join(' ')).join(' ');
  const roman = /^[ivxlc]{1,7}$/i.test(text) ? '0' : text;
  return roman.replace(/\p{Nd}+/gu, '0').toLowerCase();
}

function candidatesOf(page: Page): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const block of page.blocks) {
    const [, top, , bottom] = block.box;
    const role: Role | undefined =
      bottom <= MARGIN * page.height ? 'header' : top >= (1 - MARGIN) * page.height ? 'footer' : undefined;
    if (role === undefined || block.lines.length > MOST_LINES) continue;
    found.push({ block, role, text: textOf(block) });
    if (found.length >= MOST_BLOCKS) break;
  }
  return found;
}

function isSame(one: Candidate, other: Candidate): boolean {
  if (one.role !== other.role || one.text !== other.text) return false;
  const [left, top, right] = one.block.box;
  const [otherLeft, otherTop, otherRight] = other.block.box;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE;
  return (
    near(top, otherTop) &&
    (near(left, otherLeft) || near(right, otherRight) || near(left + right, otherLeft + otherRight))
  );
}

function isRunning(candidate: Candidate, index: number, all: readonly (readonly Candidate[])[]): boolean {
  return NEIGHBOURS.some((offsets) => {
    const near = offsets.flatMap((offset) => {
      const page = all[index + offset];
      return page === undefined ? [] : [page];
    });
    const same = near.filter((page) => page.some((other) => isSame(candidate, other))).length;
    return same > 0 && same > 0.5 * near.length;
  });
}

/** Marks blocks that stand at nearly the same place with the same text, up to digits, on most of the pages around. */
export function markRunningTitles(pages: readonly Page[]): Page[] {
  const all = pages.map(candidatesOf);
  return pages.map((page, index) => {
    const roles = new Map<Block, Role>();
    for (const candidate of all[index] ?? []) {
      if (isRunning(candidate, index, all)) roles.set(candidate.block, candidate.role);
    }
    if (roles.size === 0) return page;
    return {
      ...page,
      blocks: page.blocks.map((block) => {
        const role = roles.get(block);
        return role === undefined ? block : { ...block, role };
      }),
    };
  });
}
