export * from './pdfjs-parser.js';
export * from './page-renderer.js';
