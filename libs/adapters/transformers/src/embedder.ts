import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FatalError, type TextEmbedder } from '@docstream/core';
import { env, pipeline, type Tensor } from '@huggingface/transformers';
import { MODEL_FILE, missingModelFiles } from './model-files.js';

export interface EmbedderOptions {
  /** Folder with onnx/model_quantized.onnx, tokenizer.json, config.json and tokenizer_config.json. */
  readonly modelDir: string;
  /** SHA-256 that `onnx/model_quantized.onnx` must have, in hexadecimal digits; null or unset: any. */
  readonly sha256?: string | null;
  /** Texts are cut there. */
  readonly maxTokens?: number;
}

function checkFiles(modelDir: string): void {
  const missing = missingModelFiles(modelDir);
  if (missing.length > 0) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `The embedding model in ${modelDir} lacks ${missing.join(', ')}; set DOCSTREAM_MODEL_DIR to a folder that has them.`,
    );
  }
}

/** Name of the folder and the first 8 digits of the model file's SHA-256: other bytes are another version. */
function modelName(modelDir: string, pinned: string | null): string {
  const digest = createHash('sha256')
    .update(readFileSync(join(modelDir, MODEL_FILE)))
    .digest('hex');
  if (pinned !== null && pinned.toLowerCase() !== digest) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `The embedding model in ${modelDir} has the SHA-256 ${digest}, not ${pinned} as DOCSTREAM_MODEL_SHA256 demands; put the right file there, or pin this one.`,
    );
  }
  return `${basename(modelDir)}@${digest.slice(0, 8)}`;
}

/**
 * Sentence embeddings (mean pooling, normalised) by a local ONNX model; never touches the network.
 * One thread: scale by processes, the runtime is not safe with several threads and blocks the event loop while it runs.
 * Errors: FatalError CONFIGURATION_INVALID when a file of the model is missing or is not the pinned one.
 */
export async function createEmbedder({
  modelDir,
  sha256 = null,
  maxTokens = 256,
}: EmbedderOptions): Promise<TextEmbedder> {
  const folder = resolve(modelDir);
  checkFiles(folder);
  // Before the file is run.
  const name = modelName(folder, sha256);
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.localModelPath = dirname(folder);
  const extractor = await pipeline('feature-extraction', basename(folder), {
    dtype: 'q8',
    device: 'cpu',
    local_files_only: true,
    session_options: {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
    },
  });

  // One text a call: dynamic quantisation scales over the whole batch, so a text's vector would depend on its neighbours,
  // and batches were slower and took more memory (30 texts of 226 tokens a second and 220 MB, against 27 and 270).
  const embedOne = async (text: string): Promise<Float32Array> => {
    const inputs: unknown = extractor.tokenizer(text, { truncation: true, max_length: maxTokens });
    const { last_hidden_state: states } = (await extractor.model(inputs)) as { last_hidden_state: Tensor };
    const vector = poolTokens(states.data as Float32Array, states.dims.at(-1) ?? 0);
    states.dispose();
    return vector;
  };

  const { length: dimensions } = await embedOne('dimensions');
  return {
    name,
    dimensions,
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (const text of texts) vectors.push(await embedOne(text));
      return vectors;
    },
    close: async () => {
      await extractor.dispose();
    },
  };
}

/** Mean of the tokens' vectors, of unit length. */
function poolTokens(states: Float32Array, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [index, value] of states.entries()) {
    const at = index % dimensions;
    vector[at] = (vector[at] ?? 0) + value;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
