// Made by `npm run eval -- --calibrate`; do not edit.
import type { CalibrationTable } from './calibrate.js';

/** How often the values of each family were right on the corpus, drawn toward what the rules say. */
export const CALIBRATION: CalibrationTable = {
  labelled: [
    { confidence: 0.688, right: 0.748 },
    { confidence: 0.822, right: 0.9 },
    { confidence: 0.909, right: 0.956 },
    { confidence: 0.96, right: 0.984 },
  ],
  finder: [
    { confidence: 0.469, right: 0.602 },
    { confidence: 0.782, right: 0.833 },
    { confidence: 0.897, right: 0.931 },
    { confidence: 0.977, right: 0.973 },
  ],
  pattern: [{ confidence: 0.765, right: 0.86 }],
  title: [
    { confidence: 0.652, right: 0.593 },
    { confidence: 0.87, right: 0.905 },
  ],
};
