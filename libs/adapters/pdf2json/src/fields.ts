import type { Box as PageBox, FormField } from '@docstream/contracts';
import type { Box, Boxset, Field, Page } from 'pdf2json';

/** What of pdf2json's fields is there beside what its types tell. */
interface ToldField extends Field {
  readonly V?: unknown;
  /** Choices: a list box. */
  readonly PL?: unknown;
}

interface Placed {
  readonly x?: number;
  readonly y?: number;
  readonly w?: number;
  readonly h?: number;
}

const toBox = ({ x = 0, y = 0, w = 0, h = 0 }: Placed, unit: number): PageBox => [
  x * unit,
  y * unit,
  (x + w) * unit,
  (y + h) * unit,
];

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return textOf(value.filter((each) => typeof each === 'string').join(', '));
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function toField(field: ToldField, unit: number): FormField {
  const { Name: kind } = field.T as { readonly Name: string };
  const common = {
    name: field.id.Id,
    ...(textOf(field.TU) === undefined ? {} : { label: field.TU }),
    box: toBox(field, unit),
  };
  if (kind === 'signature') return { ...common, type: 'signature' };
  if (kind === 'link') return { ...common, type: 'button' };
  const value = textOf(field.V);
  const type = field.PL === undefined ? ('text' as const) : ('choice' as const);
  return { ...common, type, ...(value === undefined ? {} : { value }) };
}

/** A radio button tells the name of its state, a checkbox only that it is chosen. */
function toBoxField(box: Box, group: Boxset['id'] | undefined, unit: number): FormField {
  const own = box.id?.Id ?? '';
  const state = group === undefined ? 'On' : own;
  return {
    name: group?.Id ?? own,
    type: group === undefined ? 'checkbox' : 'radio',
    ...(box.checked === true ? { value: state } : {}),
    box: toBox(box, unit),
  };
}

/** Form fields of a page, named by the last part of their names; `unit` is pdf2json's in points. */
export function fieldsOf(page: Page, unit: number): FormField[] {
  const sets = page.Boxsets as readonly (Omit<Boxset, 'id'> & { readonly id?: Boxset['id'] })[];
  return [
    ...page.Fields.map((field) => toField(field, unit)),
    ...sets.flatMap(({ boxes, id }) => boxes.map((box) => toBoxField(box, id, unit))),
  ];
}
