// A stage that does next to nothing with its documents, on the real runtime: `main.js STAGE [--in-worker | --cured]`.
import 'reflect-metadata';
import { runStageService } from '@docstream/stage-service';
import { lightClassifier, lightExtractor, lightParser } from './light-stages.js';

const [stage, mode] = process.argv.slice(2);
const pool = () => ({ limits: { wallMs: 20_000, memoryMb: 512, outputBytes: 1_048_576 } });

if (stage === 'parser') await runStageService({ name: stage, stage: lightParser, pool });
else if (stage === 'extractor') await runStageService({ name: stage, stage: lightExtractor, pool });
else if (stage === 'classifier')
  await runStageService({
    name: stage,
    stage: (ports) => lightClassifier(ports, mode),
    pool,
  });
else throw new TypeError(`there is no light stage ${stage}`);
