export { decodeEventRecord, identifyEvent } from './decode.js';
export { runStageService, type StagePorts, type StageService } from './run-stage-service.js';
