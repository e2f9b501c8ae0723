import { pageText, type ParsedDocument } from '@docstream/contracts';

export interface ChunkOptions {
  readonly maxChunks: number;
  /** A document of fewer pieces than `longFrom` gives one chunk less. */
  readonly longFrom: number;
  /** Estimated tokens of a chunk; the model cuts at its own limit anyway. */
  readonly chunkTokens: number;
}

/**
 * Two chunks of 160 tokens, three of a long document: cross-validated as good as three of each or four of 226 tokens.
 * A head is trained with these; changing them needs another FEATURES_VERSION.
 */
export const DEFAULT_CHUNKS: ChunkOptions = { maxChunks: 3, longFrom: 8, chunkTokens: 160 };

/** Text that is read at all: the rest of a very long document changes nothing but the time. */
const MAX_CHARACTERS = 200_000;

/** Word pieces that a token of the text falls into, roughly: four letters or two digits each. */
export function estimateTokens(token: string): number {
  const digits = token.match(/\d/g)?.length ?? 0;
  const letters = token.match(/\p{L}/gu)?.length ?? 0;
  const rest = token.length - digits - letters;
  return Math.max(1, Math.ceil(letters / 5.5) + Math.ceil(digits / 2.5) + rest);
}

/**
 * Pieces of the document's text for the embedding model: the beginning, then pieces at even distances over the rest.
 * Shorter documents give fewer pieces, a document without text none.
 */
export function chunkDocument(
  document: ParsedDocument,
  { maxChunks, longFrom, chunkTokens }: ChunkOptions = DEFAULT_CHUNKS,
): readonly string[] {
  const pieces = dropStub(cutText(readText(document), chunkTokens), chunkTokens);
  const wanted = pieces.length < longFrom ? Math.max(1, maxChunks - 1) : maxChunks;
  if (pieces.length <= wanted) return pieces;
  const step = (pieces.length - 1) / wanted;
  const chosen = Array.from({ length: wanted }, (_, index) => pieces[Math.floor(index * step)]);
  return chosen.filter((piece) => piece !== undefined);
}

function readText(document: ParsedDocument): string {
  const texts: string[] = [];
  let length = 0;
  for (const page of document.pages) {
    if (length >= MAX_CHARACTERS) break;
    const text = pageText(page);
    texts.push(text);
    length += text.length;
  }
  return texts.join('\n').slice(0, MAX_CHARACTERS);
}

function cutText(text: string, chunkTokens: number): string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  let size = 0;
  for (const token of text.split(/\s+/u)) {
    if (token === '') continue;
    const tokens = estimateTokens(token);
    if (size + tokens > chunkTokens && piece.length > 0) {
      pieces.push(piece.join(' '));
      piece = [];
      size = 0;
    }
    piece.push(token);
    size += tokens;
  }
  if (piece.length > 0) pieces.push(piece.join(' '));
  return pieces;
}

/** A last piece of a few words costs a call of the model and blurs the mean. */
function dropStub(pieces: readonly string[], chunkTokens: number): readonly string[] {
  const last = pieces.at(-1);
  if (pieces.length < 2 || last === undefined) return pieces;
  const isStub = last.length < chunkTokens;
  return isStub ? pieces.slice(0, -1) : pieces;
}
