export * from './assemble-document.js';
export * from './electronic-invoice/read-electronic-invoice.js';
export * from './fallback.js';
export * from './language.js';
export * from './normalise-text.js';
export * from './parse-document.js';
export * from './read-document.js';
export * from './recognise-pages.js';
