import { AnnotationMode } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import type { RawPage } from '@docstream/core';
import { readAnnotations } from './annotations.js';
import type { AttachedFile } from './attachments.js';
import { fontsOf } from './fonts.js';
import { IDENTITY, toMatrix } from './matrix.js';
import type { Notices } from './notices.js';
import { readOperators, type Operators } from './operator-text.js';
import type { PageContents } from './page-contents.js';
import type { PageNumbers } from './page-numbers.js';
import { RuleCollector } from './rules.js';

/** A page without text that draws this many paths shows something: text turned into outlines, a drawing. */
const DRAWN_PATHS = 40;

export interface ReadPage {
  readonly page: RawPage;
  readonly files: readonly AttachedFile[];
}

const CONTENT_LOST = 'The page, or a part of it, could not be read: its content is damaged or missing.';

/** One page with all that pdfjs tells of it, `notices` included; nothing of it stays in memory. */
export async function readPage(
  document: PDFDocumentProxy,
  number: number,
  numbers: PageNumbers,
  contents: PageContents,
  notices: Notices,
): Promise<ReadPage> {
  const page = await document.getPage(number);
  try {
    numbers.learn(page.ref, number);
    const { width, height, rotation, transform } = page.getViewport({ scale: 1 });
    const viewport = toMatrix(transform) ?? IDENTITY;
    // Form fields are drawn as the file shows them, so that what was filled in is text like any other, once.
    const operators: Operators = await page.getOperatorList({ annotationMode: AnnotationMode.ENABLE });
    const collector = new RuleCollector(width, height);
    const { runs, pathCount } = readOperators(operators, viewport, fontsOf(page), (args, matrix, white) =>
      collector.addPath(args, matrix, white),
    );
    const rules = collector.rules();
    const { links, fields, files, problem } = await readAnnotations(page, viewport, numbers);
    const losesContent = notices.losesContent || contents.lacksContent(page.ref);
    const loss = [losesContent ? CONTENT_LOST : undefined, problem].filter((each) => each !== undefined);
    return {
      page: {
        number,
        width,
        height,
        rotation: ((rotation % 360) + 360) % 360,
        runs,
        hasImages: pathCount >= DRAWN_PATHS || notices.dropsImages,
        ...(rules.length === 0 ? {} : { rules }),
        ...(links.length === 0 ? {} : { links }),
        ...(fields.length === 0 ? {} : { fields }),
        ...(loss.length === 0 ? {} : { loss: loss.join(' ') }),
      },
      files,
    };
  } finally {
    page.cleanup();
  }
}
