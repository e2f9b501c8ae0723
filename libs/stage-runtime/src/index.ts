export { backoffMs } from './backoff.js';
export { buildDeadLetter, type DeadLetterFacts, type DeadLetterTools } from './dead-letter.js';
export { DependencyGate, type HealthChecks } from './dependency-gate.js';
export { silentObserver, type StageObserver } from './observer.js';
export { runStage, type StageResult, type StageTools } from './run-stage.js';
export { DEFAULT_SETTINGS, type RuntimeSettings } from './settings.js';
export { StageRuntime, type StageRuntimeOptions, type StageRuntimeState } from './stage-runtime.js';
export { StageTransport } from './stage-transport.js';
