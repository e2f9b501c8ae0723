import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@docstream/contracts';

const MAX_LENGTH = 255;
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;
/** They make `fdp.exe` look like `exe.pdf`. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name to show and to download under, never a path: base name, no control characters, at most 255 characters. */
export function sanitiseFileName(name: string): string | null {
  const base = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const clean = base.replaceAll(CONTROL, '').replaceAll(DIRECTION, '').trim();
  if (clean === '' || /^\.+$/.test(clean)) return null;
  return clean
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trim();
}

/** From `docstream-file-name` (UTF-8), else from `content-disposition` (RFC 6266, `filename*` before `filename`). */
export function fileNameFromHeaders(headers: IncomingHttpHeaders): string | null {
  const own = headers[HEADERS.fileName];
  if (typeof own === 'string') return sanitiseFileName(decodeUtf8(own));
  const disposition = headers['content-disposition'];
  if (disposition === undefined) return null;
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) {
    const decoded = decodePercents(extended);
    if (decoded !== null) return sanitiseFileName(decoded);
  }
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.replaceAll(/\\(.)/g, '$1');
  const plain = quoted ?? /;\s*filename\s*=\s*([^;\s"]+)/i.exec(disposition)?.[1];
  return plain === undefined ? null : sanitiseFileName(decodeUtf8(plain));
}

/** `content-disposition` of a download (RFC 6266): an ASCII name for old clients, the real one beside it. */
export function contentDisposition(fileName: string | null, fallback: string): string {
  const name = (fileName === null ? null : sanitiseFileName(fileName)) ?? fallback;
  const ascii = name.replaceAll(/[^\u0020-\u007e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Node reads header octets as Latin-1; senders mean UTF-8. What is no UTF-8 stays Latin-1. */
function decodeUtf8(header: string): string {
  const text = new TextDecoder().decode(Buffer.from(header, 'latin1'));
  return text.includes('\uFFFD') ? header : text;
}

function decodePercents(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
