import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import type { OutlineItem } from '@docstream/contracts';
import type { PageNumbers } from './page-numbers.js';
import { isRecord, textOf } from './values.js';

const MAX_ITEMS = 10_000;
const MAX_LEVEL = 32;

/** Depth first. pdfjs follows each object of the file once, so that there are no cycles; size and depth are bounded here. */
export async function readOutline(document: PDFDocumentProxy, numbers: PageNumbers): Promise<OutlineItem[]> {
  const roots: unknown = await document.getOutline().catch(() => null);
  const found: OutlineItem[] = [];
  const open = [{ items: Array.isArray(roots) ? (roots as unknown[]) : [], next: 0 }];
  for (let part = open.at(-1); part !== undefined && found.length < MAX_ITEMS; part = open.at(-1)) {
    const item = part.items[part.next];
    part.next += 1;
    if (part.next > part.items.length) {
      open.pop();
      continue;
    }
    if (!isRecord(item)) continue;
    const page = await numbers.pageOf(item['dest']);
    const title = textOf(item['title']);
    if (title !== undefined) {
      found.push({ title, level: open.length - 1, ...(page === undefined ? {} : { page }) });
    }
    const children: unknown = item['items'];
    if (Array.isArray(children) && open.length < MAX_LEVEL) open.push({ items: children, next: 0 });
  }
  return found;
}
