export * from './definition.js';
export * from './definitions/index.js';
export * from './extract-fields.js';
export * from './locale.js';
export * from './match.js';
export * from './recognisers/index.js';
