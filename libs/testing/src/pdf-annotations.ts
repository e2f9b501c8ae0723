/** [left, bottom, right, top] in points, origin at the bottom left as in PDF. */
export type DrawnRect = readonly [left: number, bottom: number, right: number, top: number];

export type DrawnLink =
  | { readonly rect: DrawnRect; readonly url: string }
  /** To a page of the same document, from 1. */
  | { readonly rect: DrawnRect; readonly page: number };

export interface DrawnField {
  readonly type: 'text' | 'checkbox' | 'radio' | 'choice' | 'signature';
  /** Of a radio button: that of its group. With points it becomes a hierarchy of fields. */
  readonly name: string;
  /** Drawn as well in a text field. */
  readonly value?: string;
  /** The name of the state that a checkbox or radio button stands for; `value` is the chosen one. */
  readonly state?: string;
  readonly label?: string;
  readonly rect: DrawnRect;
}

export interface DrawnFile {
  readonly name: string;
  readonly content: string;
}

type Add = (body: string) => number;

export const escapeText = (text: string): string => text.replace(/[\\()]/g, (character) => `\\${character}`);

export const streamOf = (entries: string, content: string): string =>
  `<< ${entries} /Length ${content.length} >>\nstream\n${content}\nendstream`;

export function linkBody(link: DrawnLink, pageObject: (page: number) => number): string {
  const target =
    'url' in link
      ? `/A << /S /URI /URI (${escapeText(link.url)}) >>`
      : `/Dest [${pageObject(link.page)} 0 R /Fit]`;
  return `<< /Type /Annot /Subtype /Link /Rect [${link.rect.join(' ')}] /Border [0 0 0] ${target} >>`;
}

/** A file that an annotation carries. */
export function fileBody(add: Add, { name, content }: DrawnFile): string {
  const stream = add(streamOf('/Type /EmbeddedFile', content));
  return `<< /Type /Filespec /F (${escapeText(name)}) /UF (${escapeText(name)}) /EF << /F ${stream} 0 R >> >>`;
}

const KINDS = { text: 'Tx', checkbox: 'Btn', radio: 'Btn', choice: 'Ch', signature: 'Sig' } as const;
const RADIO_FLAG = 1 << 15;

export interface AddedField {
  /** Object and body of the widget: the body is yet to be put there. */
  readonly widget: number;
  readonly body: string;
  /** The object that stands in the form's list. */
  readonly top: number;
}

/** A widget, and above it a field for each part of its name. */
export function addField(add: Add, field: DrawnField, font: number): AddedField {
  const [left, bottom, right, upper] = field.rect;
  const box = `/BBox [0 0 ${right - left} ${upper - bottom}]`;
  const drawing = (content: string): number =>
    add(
      streamOf(`/Type /XObject /Subtype /Form ${box} /Resources << /Font << /R ${font} 0 R >> >>`, content),
    );
  const [name = '', ...parents] = field.name.split('.').reverse();
  const isButton = field.type === 'checkbox' || field.type === 'radio';
  const value = field.value === undefined ? '' : escapeText(field.value);
  const state = field.state ?? 'On';
  const isChosen = field.value === state;
  const appearance = isButton
    ? `/AP << /N << /${state} ${drawing('')} 0 R /Off ${drawing('')} 0 R >> >> /AS /${isChosen ? state : 'Off'}`
    : `/AP << /N ${drawing(value === '' ? '' : `BT /R 10 Tf 2 3 Td (${value}) Tj ET`)} 0 R >>`;
  const chosen = field.value === undefined ? '' : isButton ? `/V /${field.value}` : `/V (${value})`;
  const kind = `/FT /${KINDS[field.type]} ${field.type === 'radio' ? `/Ff ${RADIO_FLAG}` : ''} ${chosen}`;
  // A radio button is a child of its group, which has the name and the value.
  const own = field.type === 'radio' ? '' : `/T (${name}) ${kind}`;
  const label = field.label === undefined ? '' : `/TU (${escapeText(field.label)})`;
  const above = field.type === 'radio' ? [`/T (${name}) ${kind}`] : [];
  above.push(...parents.map((parent) => `/T (${parent})`));
  // Its objects follow the widget's one by one, so that their numbers are known beforehand.
  const widget = add('');
  const parentOf = (index: number): string =>
    index < above.length ? `/Parent ${widget + 1 + index} 0 R` : '';
  for (const [index, entries] of above.entries()) {
    add(`<< ${entries} /Kids [${widget + index} 0 R] ${parentOf(index + 1)} >>`);
  }
  return {
    widget,
    top: widget + above.length,
    body: `<< /Type /Annot /Subtype /Widget /F 4 /Rect [${field.rect.join(' ')}] ${own} ${label} ${appearance} /DA (/R 10 Tf 0 g) ${parentOf(0)} >>`,
  };
}
