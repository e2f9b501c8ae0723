export * from './pdf2json-parser.js';
