import { load } from './stages.mjs';

/** What the extractor's pool hands to its workers: the shipped definitions. */
export async function extractorSettings() {
  const { SHIPPED_DEFINITIONS, readDefinitions } = await load('libs/extraction/dist/index.js');
  const { readDefinitionLayers } = await load('libs/config/dist/index.js');
  return { definitions: readDefinitions(readDefinitionLayers(SHIPPED_DEFINITIONS)) };
}

let warm;

/** The extractor's worker module, warm. */
export function loadExtractor() {
  warm ??= (async () => {
    const worker = await load('apps/extractor/dist/worker.js');
    await worker.warmUp(await extractorSettings());
    return worker;
  })();
  return warm;
}
