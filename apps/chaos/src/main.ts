import { currentEnvironment } from '@docstream/config';
import { runChaos } from './run-chaos.js';

const exitCode = await runChaos(process.argv.slice(2), currentEnvironment());
// Sockets to a part that was cut off would keep the process.
process.exit(exitCode);
