// Ways to damage a PDF. Each takes the bytes and a source of randomness, and returns new bytes.
import { deflateSync, inflateSync } from 'node:zlib';

const EXTREMES = ['0', '-1', '1', '65536', '2147483647', '-2147483648', '4294967296', '1e38', '0.00000001'];
EXTREMES.push('99999999999999999999', '1000000', '.', '-', '--5', '1.7976931348623157e308');
const INNER_LIMIT = 4 * 1_048_576;

const below = (random, limit) => Math.floor(random() * limit);
const oneOf = (random, list) => list[below(random, list.length)];
const text = (bytes) => Buffer.from(bytes).toString('latin1');
const bytesOf = (latin1) => Buffer.from(latin1, 'latin1');

/** Replaces up to `most` of the places that the pattern finds. */
function replaceSome(bytes, random, pattern, most, replacement) {
  const source = text(bytes);
  const found = [...source.matchAll(pattern)];
  if (found.length === 0) return flip(bytes, random);
  const chosen = new Set(Array.from({ length: 1 + below(random, most) }, () => oneOf(random, found)));
  let end = 0;
  const parts = [];
  for (const match of [...chosen].sort((left, right) => left.index - right.index)) {
    parts.push(source.slice(end, match.index), replacement(match));
    end = match.index + match[0].length;
  }
  return bytesOf(parts.join('') + source.slice(end));
}

function flip(bytes, random) {
  const copy = Buffer.from(bytes);
  for (let count = 1 + below(random, 64); count > 0 && copy.length > 0; count -= 1)
    copy[below(random, copy.length)] ^= 1 << below(random, 8);
  return copy;
}

function truncate(bytes, random) {
  return Buffer.from(bytes.subarray(0, below(random, bytes.length + 1)));
}

function splice(bytes, random, other) {
  const [cut, from] = [below(random, bytes.length + 1), below(random, other.length + 1)];
  return Buffer.concat([bytes.subarray(0, cut), other.subarray(from)]);
}

/** Cuts a piece out, or puts one in a second time. */
function shift(bytes, random) {
  const from = below(random, bytes.length + 1);
  const to = Math.min(bytes.length, from + 1 + below(random, 4_096));
  const isCut = random() < 0.5;
  return Buffer.concat([bytes.subarray(0, isCut ? from : to), bytes.subarray(isCut ? to : from)]);
}

function changeNumbers(bytes, random) {
  return replaceSome(bytes, random, /(?<=[\s[/(<])-?\d+(?:\.\d+)?(?=[\s\]/>)])/g, 8, () =>
    oneOf(random, EXTREMES),
  );
}

function lieAboutLengths(bytes, random) {
  return replaceSome(
    bytes,
    random,
    /\/(Length\d?|Size|Count|Prev|N|First|W|Index|Width|Height|Columns|Predictor)(\s*)(\d+)/g,
    4,
    ([, name, space, number]) =>
      `/${name}${space || ' '}${random() < 0.5 ? oneOf(random, EXTREMES) : Number(number) + below(random, 200) - 100}`,
  );
}

/** Leads references elsewhere: to other objects, and in circles. */
function misdirect(bytes, random) {
  const numbers = [...text(bytes).matchAll(/(\d+) \d+ obj/g)].map(([, number]) => number);
  return replaceSome(bytes, random, /\b(\d+) (\d+) R\b/g, 6, ([whole]) =>
    numbers.length === 0 ? whole : `${oneOf(random, numbers)} 0 R`,
  );
}

/** Damages what is inside a packed stream, which is sound on the outside. */
function damageInside(bytes, random) {
  const source = text(bytes);
  const streams = [...source.matchAll(/FlateDecode[^]{0,400}?stream\r?\n/g)];
  if (streams.length === 0) return flip(bytes, random);
  const match = oneOf(random, streams);
  const start = match.index + match[0].length;
  const end = source.indexOf('endstream', start);
  let inner;
  try {
    inner = inflateSync(bytes.subarray(start, end < 0 ? undefined : end), { maxOutputLength: INNER_LIMIT });
  } catch {
    // Encrypted, too large, or damaged already: then from the outside.
    return flip(bytes, random);
  }
  const damaged = oneOf(random, [flip, truncate, shift, changeNumbers])(inner, random);
  return Buffer.concat([
    bytes.subarray(0, start),
    deflateSync(damaged),
    bytes.subarray(end < 0 ? bytes.length : end),
  ]);
}

export const MUTATIONS = {
  flip,
  truncate,
  splice,
  shift,
  changeNumbers,
  lieAboutLengths,
  misdirect,
  damageInside,
};
