import type { Box, FormField, Link, Page } from '@docstream/contracts';
import type { RawPage } from '@docstream/core';
import { cleanText } from './normalise-text.js';

const MAX_NAME = 1_000;
const MAX_VALUE = 10_000;

const round = (value: number): number => Math.round(value * 100) / 100;

/** Cut to the page; null when it lies outside, where no reader sees it. */
function onPage([left, top, right, bottom]: Box, { width, height }: RawPage): Box | null {
  const box: Box = [
    round(Math.max(left, 0)),
    round(Math.max(top, 0)),
    round(Math.min(right, width)),
    round(Math.min(bottom, height)),
  ];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

/** Line ends stay in what was typed into a field of several lines. */
function cleanValue(value: string): string | undefined {
  const lines = value.split(/\r\n?|\n/).map((line) => cleanText(line, MAX_VALUE) ?? '');
  const text = lines.join('\n').trim().slice(0, MAX_VALUE).toWellFormed();
  return text === '' ? undefined : text;
}

export function toLinks(page: RawPage): Pick<Page, 'links'> {
  const links = (page.links ?? []).flatMap((link): Link[] => {
    const box = onPage(link.box, page);
    return box === null ? [] : [{ ...link, box }];
  });
  return links.length === 0 ? {} : { links };
}

export function toFields(page: RawPage): Pick<Page, 'fields'> {
  const fields = (page.fields ?? []).flatMap((field): FormField[] => {
    const box = onPage(field.box, page);
    if (box === null) return [];
    const value = field.value === undefined ? undefined : cleanValue(field.value);
    const label = field.label === undefined ? undefined : cleanText(field.label, MAX_NAME);
    return [
      {
        name: cleanText(field.name, MAX_NAME) ?? '',
        type: field.type,
        ...(value === undefined ? {} : { value }),
        ...(label === undefined ? {} : { label }),
        box,
      },
    ];
  });
  return fields.length === 0 ? {} : { fields };
}
