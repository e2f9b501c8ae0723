export { decodeEventRecord, identifyEvent } from './decode.js';
export { runStageService, type Refinement, type StagePorts, type StageService } from './run-stage-service.js';
