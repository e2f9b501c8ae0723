import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The weights, in the folder of a model and in the repository of a hub alike. */
export const MODEL_FILE = 'onnx/model_quantized.onnx';

/** All that a model needs, the largest last. */
const MODEL_FILES = ['config.json', 'tokenizer_config.json', 'tokenizer.json', MODEL_FILE] as const;

export type ModelFile = (typeof MODEL_FILES)[number];

/** What the folder lacks of a model's files, the largest last. */
export function missingModelFiles(folder: string): readonly ModelFile[] {
  return MODEL_FILES.filter((file) => !existsSync(join(folder, file)));
}
