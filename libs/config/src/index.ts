export {
  ADDRESS_OF,
  ADDRESS_PARTS,
  type Addresses,
  type AddressesOf,
  type AddressPart,
} from './addresses.js';
export type { ApiKey } from './concerns.js';
export {
  describeConfig,
  describeSettings,
  kafkaSettings,
  loadConfig,
  type Config,
  type LoadOptions,
} from './config.js';
export { readDefinitionFile, readDefinitionLayers } from './definition-files.js';
export { currentEnvironment, type Environment } from './environment.js';
export { defaultCacheDir } from './hub-model.js';
export { maskUrl, Secret } from './secret.js';
