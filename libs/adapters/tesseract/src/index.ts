export * from './tesseract-recogniser.js';
