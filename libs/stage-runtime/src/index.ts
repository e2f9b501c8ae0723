export { backoffMs } from './backoff.js';
export { DEFAULT_BREAKER, type BreakerSettings, type BreakerState } from './breaker.js';
export { buildDeadLetter, type DeadLetterFacts, type DeadLetterTools } from './dead-letter.js';
export { DependencyGate, type HealthChecks } from './dependency-gate.js';
export { silentObserver, type StageObserver } from './observer.js';
export {
  DEFAULT_PROGRESS,
  ProgressWatch,
  type ProgressOptions,
  type ProgressSample,
} from './progress-watch.js';
export { runStage, type StageResult, type StageTools } from './run-stage.js';
export { DEFAULT_SETTINGS, type RuntimeSettings } from './settings.js';
export { StageAdmission, type AdmissionState } from './stage-admission.js';
export { StageControl, type StageControlOptions } from './stage-control.js';
export { StageRuntime, type StageRuntimeOptions, type StageRuntimeState } from './stage-runtime.js';
export { StageTransport } from './stage-transport.js';
