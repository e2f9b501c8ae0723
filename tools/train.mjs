// Trains the shipped head: corpus → parser → embeddings → cross-validation → models/head/head.json and report.md.
// Deterministic: the same corpus, parser and model give the same file.
//   npm run train -- [--manifest FILE] [--model-dir FOLDER] [--out FOLDER] [--folds N]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    manifest: { type: 'string', default: join(root, '../shared/corpus/manifest.jsonl') },
    'model-dir': { type: 'string' },
    out: { type: 'string', default: join(root, 'models/head') },
    folds: { type: 'string', default: '10' },
  },
});
const LANGUAGES = ['en', 'de', 'fr'];
const VARIANTS = 3;
const folds = Number(values.folds);

const say = (text) => process.stderr.write(`train: ${text}\n`);
const stop = (text) => {
  say(text);
  process.exit(1);
};

if (!existsSync(values.manifest)) stop(`no manifest at ${values.manifest}: give --manifest`);
if (!Number.isInteger(folds) || folds < 2) stop('--folds must be a whole number from 2 on');
await build();
const load = (path) => import(pathToFileURL(join(root, path)).href);
const { parseDocument } = await load('libs/parsing/dist/index.js');
const { createPdfjsParser } = await load('libs/adapters/pdfjs/dist/index.js');
const { createEmbedder } = await load('libs/adapters/transformers/dist/index.js');
const { defaultCacheDir } = await load('libs/platform/dist/index.js');
const classification = await load('libs/classification/dist/index.js');
const { chunkDocument, crossValidate, DEFAULT_TRAINING, documentFeatures, generateTexts } = classification;
const { hasEnoughText, headVersion, isForeign, renderReport, serializeHead, summarise, trainHead } =
  classification;

function findModel() {
  const folders = [
    values['model-dir'],
    process.env.DOCSTREAM_MODEL_DIR,
    join(defaultCacheDir(process.env), 'models/all-minilm-l6-v2'),
  ];
  const found = folders.find(
    (folder) => folder !== undefined && existsSync(join(folder, 'onnx/model_quantized.onnx')),
  );
  return found ?? stop('no embedding model: give --model-dir or run the demo once, which fetches it');
}

const embedder = await createEmbedder({ modelDir: resolve(findModel()) });
say(`model ${embedder.name}`);

const limits = { maxPages: 2000, maxCharacters: 20_000_000 };
const parser = createPdfjsParser();
const folder = dirname(resolve(values.manifest));
const entries = readFileSync(values.manifest, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line))
  .filter((entry) => entry.type !== undefined && entry.fault === undefined);

const examples = [];
const facts = {
  foreign: { documents: 0, abstained: 0 },
  textless: { documents: 0, abstained: 0 },
  wronglyKept: 0,
};
for (const [index, entry] of entries.entries()) {
  if (index % 20 === 0) say(`reading ${index + 1} of ${entries.length}`);
  const bytes = Uint8Array.from(readFileSync(join(folder, entry.path)));
  const document = await parseDocument(parser, bytes, limits);
  const isOwn = entry.lang.split('+').some((language) => LANGUAGES.includes(language));
  const kept = !hasEnoughText(document) || isForeign(document, LANGUAGES);
  if (entry.image_only === true || !isOwn) {
    const row = entry.image_only === true ? facts.textless : facts.foreign;
    row.documents += 1;
    if (kept) row.abstained += 1;
    continue;
  }
  if (kept) {
    facts.wronglyKept += 1;
    say(`kept from the head: ${entry.path}`);
    continue;
  }
  examples.push({
    id: entry.path,
    type: entry.type,
    alsoAcceptable: entry.also_acceptable ?? [],
    group: entry.group ?? entry.path,
    generated: false,
    features: documentFeatures(document, await embedder.embed(chunkDocument(document))),
  });
}
const generated = generateTexts(VARIANTS);
say(`embedding ${generated.length} generated texts`);
for (const { id, type, group, document } of generated) {
  const embeddings = await embedder.embed(chunkDocument(document));
  const features = documentFeatures(document, embeddings, { hasLayout: false });
  examples.push({ id, type, alsoAcceptable: [], group, generated: true, features });
}

say(`cross-validating on ${examples.length - generated.length} documents`);
const validation = summarise(crossValidate(examples, folds, DEFAULT_TRAINING));
say('training the head');
const trained = trainHead(examples, DEFAULT_TRAINING);
const unnamed = {
  ...trained,
  model: embedder.name,
  languages: LANGUAGES,
  temperature: validation.temperature,
  threshold: validation.threshold,
};
const head = { ...unnamed, name: `open-corpus-2@${headVersion(unnamed)}` };
const trainedOn = { documents: examples.length - generated.length, generated: generated.length };
const report = renderReport(validation, {
  ...facts,
  head: head.name,
  model: head.model,
  languages: LANGUAGES,
  generated: generated.length,
  folds,
});
mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'head.json'), serializeHead(head, trainedOn));
writeFileSync(join(values.out, 'report.md'), report);
await embedder.close();
const { accuracy, macroF1, calibrationError } = validation.forced;
say(
  `accuracy ${accuracy.toFixed(3)}, macro-F1 ${macroF1.toFixed(3)}, calibration error ${calibrationError.toFixed(3)}`,
);
say(
  `decided ${(validation.coverage * 100).toFixed(1)} %, errors among them ${(validation.errorRate * 100).toFixed(1)} %`,
);
say(`wrote ${join(values.out, 'head.json')}`);
