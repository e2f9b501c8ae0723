export { createSchemaRegistryCodec, type SchemaRegistryCodecOptions } from './codec.js';
export { createSubjectRegistry, type SubjectRegistrySettings } from './subject-registry.js';
export { DEFAULT_DENIAL_POLICY, type DenialPolicy } from './unknown-schemas.js';
