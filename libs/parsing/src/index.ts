export * from './assemble-document.js';
export * from './language.js';
export * from './normalise-text.js';
export * from './parse-document.js';
