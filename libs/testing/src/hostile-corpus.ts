import type { ErrorCode, Quality } from '@docstream/contracts';

/** One of these codes instead of being read, or what it is read as, with this text on its pages. */
export type HostileEnd =
  { readonly codes: readonly ErrorCode[] } | { readonly quality: Quality; readonly text?: string };

const encrypted: HostileEnd = { codes: ['PDF_ENCRYPTED'] };
const malformed: HostileEnd = { codes: ['PDF_MALFORMED'] };
const truncated: HostileEnd = { codes: ['PDF_TRUNCATED'] };
const noPdf: HostileEnd = { codes: ['NOT_A_PDF'] };
const invoice: HostileEnd = { quality: 'complete', text: 'HX-2024-017' };

/** How each hostile file of the corpus ends: what its manifest asks for, in our codes. */
export const HOSTILE_CORPUS: Readonly<Record<string, HostileEnd>> = {
  'active-openaction-js': invoice,
  'blank-10-pages-mindee': { quality: 'empty' },
  'bomb-flate-300mib-content': { codes: ['PDF_TOO_LARGE'] },
  'broken-artur-corrupted': malformed,
  'enc-artur': encrypted,
  'enc-hexapdf-owner-only-rc4-40': { quality: 'complete', text: 'Hello' },
  'enc-not-really': { quality: 'complete', text: 'test' },
  'enc-paperless-password-is-test': encrypted,
  'enc-pdfminer-aes128': encrypted,
  'enc-pypdf-libreoffice': encrypted,
  'enc-unstructured-password': encrypted,
  'encrypted-aes128-unknown-password': encrypted,
  'facturx-billion-laughs': invoice,
  'form-xobject-self-recursion': { quality: 'empty' },
  'fuzz-redhat-1531897': malformed,
  'injection-visible-note': invoice,
  'invalid-structure-pdfminer-gao': { quality: 'complete', text: 'GAO' },
  'junk-prefix-1024-yob': { quality: 'complete', text: 'junk' },
  'mediabox-zero': invoice,
  'metadata-injection': invoice,
  'mindee-broken-fixable': { quality: 'image-only' },
  'mz-prefix-polyglot': invoice,
  'no-trailer-keyword-formatcorpus': malformed,
  'nul-bytes-64k': noPdf,
  'pages-count-negative': { quality: 'complete' },
  'pages-kids-recursive-formatcorpus': malformed,
  'pages-zero': { codes: ['PDF_NO_PAGES'] },
  'plain-text': noPdf,
  'png-renamed': noPdf,
  'scan-scotus-2p': { quality: 'image-only' },
  'scan-w9-photo': { quality: 'image-only' },
  'stackoverflow-pdfpig': noPdf,
  'string-20mb-single': { codes: ['PARSE_OUT_OF_MEMORY', 'PARSE_OUTPUT_TOO_LARGE', 'PARSE_TIMEOUT'] },
  'text-outside-page': invoice,
  'timeout-fseprd1102849': { quality: 'complete' },
  'trailer-root-not-dict-yob': malformed,
  'truncated-10-bitcoin': truncated,
  'truncated-90-tos': truncated,
  'waytoosmall-mustang': noPdf,
  'xfa-please-wait-or': malformed,
  'xref-loop-pdfpig': malformed,
  'zero-byte': noPdf,
};
