import type { PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js';
import type { Box, FormField, Link } from '@docstream/contracts';
import type { AttachedFile } from './attachments.js';
import type { Matrix } from './matrix.js';
import type { PageNumbers } from './page-numbers.js';
import { isRecord, textOf } from './values.js';

/** More than any page that a person reads. */
const MAX_ANNOTATIONS = 2_000;
const MAX_URL = 4_096;
const SCHEMES = /^(?:https?:\/\/|mailto:|tel:)/i;

type Annotation = Readonly<Record<string, unknown>>;

export interface Annotations {
  readonly links: readonly Link[];
  readonly fields: readonly FormField[];
  readonly files: readonly AttachedFile[];
  /** That there are more than were read. */
  readonly problem?: string;
}

function toBox(rect: unknown, viewport: Matrix): Box | null {
  const [x0, y0, x1, y1] = Array.isArray(rect) ? rect.map(Number) : [];
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) return null;
  const [a, b, c, d, e, f] = viewport;
  const xs = [a * x0 + c * y0 + e, a * x1 + c * y1 + e];
  const ys = [b * x0 + d * y0 + f, b * x1 + d * y1 + f];
  const box: Box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return box.every(Number.isFinite) && box[0] < box[2] && box[1] < box[3] ? box : null;
}

function urlOf({ url, unsafeUrl }: Annotation): string | undefined {
  // `unsafeUrl` is the address as written, `url` the same made absolute; without it pdfjs found it to be none.
  const safe = textOf(url);
  if (safe === undefined || !SCHEMES.test(safe)) return undefined;
  const written = textOf(unsafeUrl);
  const chosen = written !== undefined && SCHEMES.test(written) ? written : safe;
  return chosen.length <= MAX_URL ? chosen : undefined;
}

async function toLink(annotation: Annotation, box: Box, numbers: PageNumbers): Promise<Link | null> {
  const url = urlOf(annotation);
  if (url !== undefined) return { box, url };
  const page = await numbers.pageOf(annotation['dest']);
  return page === undefined ? null : { box, page };
}

function choiceOf({ fieldValue, options }: Annotation): string | undefined {
  const chosen = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter(
    (value): value is string => textOf(value) !== undefined,
  );
  const known = Array.isArray(options) ? options.filter(isRecord) : [];
  const shown = chosen.map(
    (value) => textOf(known.find((option) => option['exportValue'] === value)?.['displayValue']) ?? value,
  );
  return textOf(shown.join(', '));
}

const chosenState = (state: unknown, own: unknown): string | undefined =>
  state === own && state !== 'Off' ? textOf(state) : undefined;

function typeAndValue(field: Annotation): Pick<FormField, 'type' | 'value'> | null {
  const named = (type: FormField['type'], value: string | undefined) => ({
    type,
    ...(value === undefined ? {} : { value }),
  });
  const { fieldType, fieldValue, exportValue, buttonValue } = field;
  switch (fieldType) {
    case 'Tx':
      return named('text', field['password'] === true ? undefined : textOf(fieldValue));
    case 'Ch':
      return named('choice', choiceOf(field));
    case 'Sig':
      return named('signature', undefined);
    case 'Btn':
      if (field['checkBox'] === true) return named('checkbox', chosenState(fieldValue, exportValue));
      if (field['radioButton'] === true) return named('radio', chosenState(fieldValue, buttonValue));
      return named('button', undefined);
    default:
      return null;
  }
}

function toField(annotation: Annotation, box: Box): FormField | null {
  const typed = typeAndValue(annotation);
  // What the form hides is not told either: no reader would see it.
  if (typed === null || annotation['hidden'] === true) return null;
  const label = textOf(annotation['alternativeText']);
  return {
    name: textOf(annotation['fieldName']) ?? '',
    ...typed,
    ...(label === undefined ? {} : { label }),
    box,
  };
}

/** Links, form fields and attached files of one page; `viewport` maps user space to the page as shown, y downwards. */
export async function readAnnotations(
  page: PDFPageProxy,
  viewport: Matrix,
  numbers: PageNumbers,
): Promise<Annotations> {
  const links: Link[] = [];
  const fields: FormField[] = [];
  const files: AttachedFile[] = [];
  // A page whose annotations are broken is still read.
  const listed: readonly unknown[] = await page.getAnnotations({ intent: 'display' }).catch(() => []);
  for (const annotation of listed.slice(0, MAX_ANNOTATIONS)) {
    if (!isRecord(annotation)) continue;
    const box = toBox(annotation['rect'], viewport);
    switch (annotation['subtype']) {
      case 'Link': {
        const link = box === null ? null : await toLink(annotation, box, numbers);
        if (link !== null) links.push(link);
        break;
      }
      case 'Widget': {
        const field = box === null ? null : toField(annotation, box);
        if (field !== null) fields.push(field);
        break;
      }
      case 'FileAttachment': {
        const { fileId, file } = annotation;
        const name = isRecord(file) ? textOf(file['filename']) : undefined;
        if (textOf(fileId) !== undefined) files.push({ id: String(fileId), name: name ?? 'unnamed' });
        break;
      }
    }
  }
  const isCut = listed.length > MAX_ANNOTATIONS;
  const problem = `Of its ${listed.length} annotations the first ${MAX_ANNOTATIONS} were read.`;
  return { links, fields, files, ...(isCut ? { problem } : {}) };
}
