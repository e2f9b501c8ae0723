export { createAuditReader } from './audit-reader.js';
export {
  createDatabase,
  type Database,
  type DatabaseSettings,
  type Row,
  type Statements,
} from './database.js';
export { createDocumentRepository } from './document-repository.js';
export { createEndStateWatcher, type WatcherSettings } from './end-state-watcher.js';
export { DATABASE, toDatabaseError } from './errors.js';
export {
  checkSchemaVersion,
  migrateDatabase,
  readSchemaVersion,
  requiredSchemaVersion,
} from './migrations.js';
export { createRedriveLog } from './redrive-log.js';
export { createResetLog } from './reset-log.js';
export { createSinkDatabase } from './sink-database.js';
