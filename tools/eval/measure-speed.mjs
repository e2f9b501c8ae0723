import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EvaluationError } from './arguments.mjs';
import { extractorSettings } from './extractor.mjs';
import { pack } from './stages.mjs';

const WARM_CALLS = 3;
const CHILD = fileURLToPath(new URL('speed-child.mjs', import.meta.url));

/** Every so many-th document, so that all types are among them. */
function sampleOf(documents, size) {
  const withText = documents.filter(({ hasText }) => hasText);
  if (withText.length <= size) return withText;
  return Array.from({ length: size }, (_, index) => withText[Math.floor((index * withText.length) / size)]);
}

/** Runs a stage's worker function over the documents, one at a time, in a warm process of its own. */
async function runChild(stage, inputs, warmUp) {
  const child = fork(CHILD, [stage], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    // Not the preload of this process: it lets go of the channel, and the child would end between two questions.
    execArgv: [],
  });
  const ended = once(child, 'exit');
  const ask = async (question) => {
    const answered = once(child, 'message');
    child.send(question);
    const died = ended.then(([code]) => {
      throw new EvaluationError(`the process that measures ${stage} ended with ${code}`);
    });
    const [answer] = await Promise.race([answered, died]);
    return answer;
  };
  await ask({ warmUp });
  for (const input of inputs.slice(0, WARM_CALLS)) await ask({ input });
  const answers = [];
  for (const input of inputs) answers.push(await ask({ input }));
  const memory = await ask({ isEnd: true });
  child.disconnect();
  await ended;
  const sum = (key) => answers.reduce((total, answer) => total + answer[key], 0);
  return { answers, cpuMs: sum('cpuMs'), wallMs: sum('wallMs'), ...memory };
}

/**
 * CPU time and memory of the worker functions, warm, each stage alone in a process: CPU time does not depend on what else
 * the machine does. Chunks are counted by the classifier itself.
 */
export async function measureSpeed({ documents, modelDir, sample, say }) {
  const chosen = sampleOf(documents, sample);
  if (chosen.length === 0) return null;
  say(`measuring speed on ${chosen.length} documents`);
  const packed = await Promise.all(chosen.map(({ document }) => pack(document)));
  const classified = await runChild(
    'classifier',
    packed.map((parsed) => ({ parsed })),
    { modelDir, modelSha256: null, headFile: null, labelsFile: null },
  );
  const extracted = await runChild(
    'extractor',
    packed.map((parsed, index) => ({
      parsed,
      type: classified.answers[index].type,
      embeddedInvoice: 'prefer-page',
    })),
    await extractorSettings(),
  );
  const count = chosen.length;
  const chunks = classified.answers.map((answer) => answer.chunks);
  const seconds = (ms) => ms / 1000 / count;
  return {
    documents: count,
    documentsPerCoreSecond: 1 / seconds(classified.cpuMs + extracted.cpuMs),
    documentsPerSecond: 1 / seconds(classified.wallMs + extracted.wallMs),
    classifyCpuMs: classified.cpuMs / count,
    extractCpuMs: extracted.cpuMs / count,
    chunks: {
      mean: chunks.reduce((sum, number) => sum + number, 0) / count,
      most: Math.max(...chunks),
    },
    residentMb: classified.residentMb,
    peakMb: classified.peakMb,
  };
}
