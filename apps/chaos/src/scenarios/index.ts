import type { Scenario } from '../scenario.js';
import { CONSUMERS } from './consumers.js';
import { KILLS } from './kill-points.js';
import { PARTS } from './parts.js';
import { RECORDS } from './records.js';

export const SCENARIOS: readonly Scenario[] = [...KILLS, ...CONSUMERS, ...PARTS, ...RECORDS];
