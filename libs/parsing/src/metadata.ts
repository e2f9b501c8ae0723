import type { Attachment, DocumentMetadata, OutlineItem } from '@docstream/contracts';
import type { RawAttachment, RawMetadata } from '@docstream/core';
import { cleanText } from './normalise-text.js';

const MAX_LENGTH = 1000;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  zip: 'application/zip',
};

/** `D:20260131120000+01'00'` (ISO 32000-1, 7.9.4) as ISO 8601; undefined when it is no date. */
export function toIsoDate(text: string): string | undefined {
  const match = /^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?|Z)?/.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [
    ,
    year,
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    sign,
    zone,
    zoneMinute,
  ] = match;
  const offset = sign === undefined ? 'Z' : `${sign}${zone}:${zoneMinute ?? '00'}`;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** As a reader would type it, at most 1,000 characters; undefined when nothing is left. */
export const cleanValue = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : cleanText(text, MAX_LENGTH);

/** A tag of BCP 47, as far as its form tells. */
function toLanguageTag(text: string | undefined): string | undefined {
  const tag = cleanValue(text);
  return tag !== undefined && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,5}$/.test(tag) ? tag : undefined;
}

export function toMetadata(raw: RawMetadata): DocumentMetadata {
  const entries = {
    title: cleanValue(raw.title),
    author: cleanValue(raw.author),
    subject: cleanValue(raw.subject),
    producer: cleanValue(raw.producer),
    creator: cleanValue(raw.creator),
    createdAt: raw.createdAt === undefined ? undefined : toIsoDate(raw.createdAt),
    modifiedAt: raw.modifiedAt === undefined ? undefined : toIsoDate(raw.modifiedAt),
    keywords: cleanValue(raw.keywords),
    pdfVersion: cleanValue(raw.pdfVersion),
    pdfA: cleanValue(raw.pdfA),
    language: toLanguageTag(raw.language),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** Names are for people only: never used as paths. */
export function toAttachment({ name, bytes }: RawAttachment): Attachment {
  const cleaned = cleanValue(name) ?? 'attachment';
  const extension = /\.([a-z0-9]{1,5})$/i.exec(cleaned)?.[1]?.toLowerCase() ?? '';
  return { name: cleaned, bytes, mediaType: MEDIA_TYPES[extension] ?? 'application/octet-stream' };
}

/** Entries without a title are left out. */
export function toOutline(items: readonly OutlineItem[]): OutlineItem[] {
  return items.flatMap((item) => {
    const title = cleanValue(item.title);
    return title === undefined ? [] : [{ ...item, title }];
  });
}
