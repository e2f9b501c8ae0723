import { InvalidArgumentError } from 'commander';

/** Pages from 1, both ends included. */
export interface PageRange {
  readonly first: number;
  readonly last: number;
}

/** `3` or `2-5`, as people write it. */
export function readPageRange(text: string): PageRange {
  const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const first = Number(from);
  const last = to === undefined ? first : Number(to);
  if (from === undefined || first < 1 || last < first)
    throw new InvalidArgumentError('It must be a page as 3 or pages as 2-5; the first page is 1.');
  return { first, last };
}
