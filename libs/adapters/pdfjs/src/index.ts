export * from './pdfjs-parser.js';
export * from './page-renderer.js';
export * from './draw-page.js';
