import { readBehaviour } from '../documents.js';

/** The light classifier's function in a worker process, which some documents kill. */
export function classify(text: string): object {
  if (readBehaviour(text).killsWorkerOf === 'classifier') process.kill(process.pid, 'SIGKILL');
  return { type: 'invoice', confidence: 0.99, margin: 0.9, runnerUp: null, model: 'light', head: 'light' };
}
