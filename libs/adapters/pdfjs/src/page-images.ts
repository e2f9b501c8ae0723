import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import { openTask } from './open-task.js';

function mentionsImages(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('/Image', 0, 'latin1');
}

/**
 * Tells which pages show an image, without decoding it: pdfjs drops what is larger than `maxImageSize`; when it is to
 * stop at errors, it gives the page up instead, and the list of its operators stays empty. Opened at the first question.
 */
export class PageImages {
  private task: ReturnType<typeof openTask> | undefined;

  constructor(private readonly bytes: Uint8Array) {}

  async showsImage(number: number): Promise<boolean> {
    this.task ??= openTask(this.bytes, true);
    try {
      const document: PDFDocumentProxy = await this.task.promise;
      const page = await document.getPage(number);
      const { fnArray } = await page.getOperatorList().catch(() => ({ fnArray: [] }));
      page.cleanup();
      return fnArray.length === 0;
    } catch {
      // Too damaged to be opened strictly: a file with images and a page without text is taken for a scan.
      return mentionsImages(this.bytes);
    }
  }

  async cleanUp(): Promise<void> {
    await this.task?.promise.then((document) => document.cleanup()).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.task?.destroy();
    this.task = undefined;
  }
}
