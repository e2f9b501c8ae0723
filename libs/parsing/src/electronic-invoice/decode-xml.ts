const DECLARATION = /^\s*<\?xml\s[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']/;
const UTF_16 = /^(?:utf-?16|ucs-?2|iso-10646-ucs-2)/;
/** What is read without a byte order mark, with the name that TextDecoder has for it. */
const ENCODINGS: Readonly<Record<string, string>> = {
  ascii: 'utf-8',
  'iso-8859-1': 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
  'iso8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'us-ascii': 'utf-8',
  utf8: 'utf-8',
  'utf-8': 'utf-8',
  'windows-1252': 'windows-1252',
};

/** Byte order mark first, then how `<?` is written, then what the declaration says (XML 1.0, appendix F). */
function encodingOf(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  if (first === 0 && second === 0x3c && third === 0 && fourth !== 0) return 'utf-16be';
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, 400));
  const declared = DECLARATION.exec(start)?.[1]?.toLowerCase() ?? 'utf-8';
  // A declaration that can be read byte by byte is not UTF-16, whatever it says. Programs that write a string to a file
  // leave such ones behind, and write UTF-8.
  return UTF_16.test(declared) ? 'utf-8' : ENCODINGS[declared];
}

/** The text of an XML file; undefined when its bytes are not of its encoding, or that encoding is not read. */
export function decodeXml(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return undefined;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).trimStart();
  } catch {
    return undefined;
  }
}
