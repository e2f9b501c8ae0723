// What holds of every ParsedDocument, however damaged the PDF was.

const STATES = ['text', 'empty', 'image-only', 'failed'];
const QUALITIES = ['complete', 'partial', 'image-only', 'empty'];
const ROTATIONS = [0, 90, 180, 270];

/** Every value that JSON would change or a database refuse, by its path. */
function* brokenValues(value, path) {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) yield `${path} has a lone surrogate`;
    if (value.includes('\0')) yield `${path} has a U+0000`;
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) yield `${path} is ${value}`;
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* brokenValues(item, `${path}[${index}]`);
  } else if (value !== null && typeof value === 'object') {
    if (Object.getPrototypeOf(value) !== Object.prototype) yield `${path} is no plain object`;
    for (const [name, item] of Object.entries(value)) {
      yield* brokenValues(item, `${path}.${name}`);
      if (name === 'box') yield* brokenBox(item, `${path}.box`);
    }
  } else if (typeof value !== 'boolean') yield `${path} is ${typeof value}`;
}

function* brokenBox(box, path) {
  if (!Array.isArray(box) || box.length !== 4) yield `${path} has no four sides`;
  else if (box[0] > box[2] || box[1] > box[3]) yield `${path} is inside out: ${box.join(' ')}`;
}

function* brokenReferences(document) {
  const isPage = (number) => Number.isInteger(number) && number >= 1 && number <= document.pages.length;
  for (const [index, { title, page }] of (document.outline ?? []).entries())
    if (page !== undefined && !isPage(page))
      yield `outline[${index}] (${title.length}) leads to page ${page}`;
  for (const { number, links = [] } of document.pages)
    for (const { page } of links)
      if (page !== undefined && !isPage(page)) yield `a link of page ${number} leads to page ${page}`;
}

/** The first few violations, as sentences; none when all is well. */
export function violationsOf(document) {
  const found = [];
  const note = (violations) => {
    for (const violation of violations) {
      if (found.length >= 5) return;
      found.push(violation);
    }
  };
  if (document?.version !== 1 || !Array.isArray(document.pages)) return ['it is no ParsedDocument'];
  if (!QUALITIES.includes(document.quality)) found.push(`quality is ${document.quality}`);
  for (const [index, { number, state, rotation, width, height }] of document.pages.entries()) {
    if (number !== index + 1) found.push(`page ${index + 1} is numbered ${number}`);
    if (!STATES.includes(state)) found.push(`page ${number} is ${state}`);
    if (!ROTATIONS.includes(rotation)) found.push(`page ${number} is rotated by ${rotation}`);
    if (width < 0 || height < 0) found.push(`page ${number} is ${width} × ${height}`);
  }
  note(brokenValues(document, 'document'));
  note(brokenReferences(document));
  const json = JSON.stringify(document);
  if (JSON.stringify(JSON.parse(json)) !== json) found.push('it does not survive JSON');
  return found.slice(0, 5);
}
