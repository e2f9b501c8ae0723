import { FileObjects } from './file-objects.js';
import { isRecord } from './values.js';

const CONTENTS = /\/Contents\s*(?:(\d{1,10})\s+\d+\s+R\b|\[([^\][]*)\])/g;
const REFERENCE = /\b(\d{1,10})\s+\d+\s+R\b/g;

/**
 * Tells pages whose content, or a part of it, is not in the file: pdfjs takes them for blank and says nothing
 * (ISO 32000-1, 7.7.3.3: a stream or a list of streams).
 */
export class PageContents {
  private objects: FileObjects | undefined;
  private readonly known = new Map<number, boolean>();

  constructor(private readonly bytes: Uint8Array) {}

  /** `page` is a reference to the page's object. False where it can't be told. */
  lacksContent(page: unknown): boolean {
    const number = isRecord(page) ? page['num'] : undefined;
    if (typeof number !== 'number') return false;
    this.objects ??= new FileObjects(this.bytes);
    const dictionary = this.objects.textOf(number);
    if (dictionary === undefined) return false;
    return [...dictionary.matchAll(CONTENTS)].some(([, reference, list = '']) =>
      reference === undefined ? this.lacksOne(list) : !this.isContent(Number(reference), true),
    );
  }

  private lacksOne(list: string): boolean {
    return [...list.matchAll(REFERENCE)].some(([, reference]) => !this.isContent(Number(reference), false));
  }

  private isContent(number: number, mayBeList: boolean): boolean {
    const known = this.known.get(number) ?? this.findContent(number, mayBeList);
    this.known.set(number, known);
    return known;
  }

  private findContent(number: number, mayBeList: boolean): boolean {
    const objects = this.objects ?? new FileObjects(this.bytes);
    // A stream stands in no object stream; a list may, also in one that can't be looked into.
    if (!objects.has(number)) return !objects.isWhole;
    if (objects.isStream(number)) return true;
    const text = objects.textOf(number)?.trimStart() ?? '';
    if (mayBeList && text.startsWith('[')) return !this.lacksOne(text.split(']', 1)[0] ?? '');
    // Text where its name leads to: that of an annotation within the page's own dictionary.
    return text.startsWith('(') || text.startsWith('null');
  }
}
