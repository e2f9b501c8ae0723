export * from './pdfjs-parser.js';
