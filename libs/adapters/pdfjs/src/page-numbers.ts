import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import { isRecord } from './values.js';

/** Each new target walks the file's page tree: a bound for hostile files; real ones have fewer. */
const MAX_LOOKUPS = 20_000;

/** Where destinations lead (ISO 32000-1, 12.3.2): a page from 1, undefined when to none of this document. */
export class PageNumbers {
  private readonly pages = new Map<string, number | undefined>();
  private readonly named = new Map<string, number | undefined>();
  private lookups = 0;

  constructor(private readonly document: PDFDocumentProxy) {}

  /** What is read anyway needs no look-up. */
  learn(ref: unknown, page: number): void {
    const key = keyOf(ref);
    if (key !== undefined) this.pages.set(key, page);
  }

  async pageOf(destination: unknown): Promise<number | undefined> {
    if (typeof destination !== 'string') return this.pageOfExplicit(destination);
    if (this.named.has(destination)) return this.named.get(destination);
    if (!this.mayLookUp()) return undefined;
    const explicit: unknown = await this.document.getDestination(destination).catch(() => null);
    const page = await this.pageOfExplicit(explicit);
    this.named.set(destination, page);
    return page;
  }

  private async pageOfExplicit(destination: unknown): Promise<number | undefined> {
    if (!Array.isArray(destination)) return undefined;
    const [target] = destination as unknown[];
    if (typeof target === 'number') return this.inDocument(target + 1);
    const key = keyOf(target);
    if (key === undefined) return undefined;
    if (this.pages.has(key)) return this.pages.get(key);
    if (!this.mayLookUp()) return undefined;
    const index = await this.document.getPageIndex(target as { num: number; gen: number }).catch(() => NaN);
    const page = this.inDocument(index + 1);
    this.pages.set(key, page);
    return page;
  }

  private inDocument(page: number): number | undefined {
    return Number.isInteger(page) && page >= 1 && page <= this.document.numPages ? page : undefined;
  }

  private mayLookUp(): boolean {
    this.lookups += 1;
    return this.lookups <= MAX_LOOKUPS;
  }
}

function keyOf(ref: unknown): string | undefined {
  return isRecord(ref) && Number.isInteger(ref['num']) && Number.isInteger(ref['gen'])
    ? `${String(ref['num'])} ${String(ref['gen'])}`
    : undefined;
}
