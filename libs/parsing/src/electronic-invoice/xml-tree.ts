import type { AttachmentProblem } from '@docstream/contracts';
import { SaxesParser } from 'saxes';

// The largest invoices known are around a tenth of these.
const MAX_ELEMENTS = 100_000;
const MAX_DEPTH = 64;
const MAX_ATTRIBUTES = 64;
/** Longer texts are cut: files embedded in the XML, which are not looked at. */
const MAX_TEXT = 4096;

/** An element with what belongs to the namespaces that were asked for; everything else is not there. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** Those without a namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Directly inside, not in its children. */
  readonly text: string;
}

interface GrowingElement extends XmlElement {
  children: GrowingElement[];
  text: string;
}

/** Namespaces to read below a root element; undefined when it is not the root of anything that is read. */
export type RootNamespaces = (namespace: string, name: string) => ReadonlySet<string> | undefined;

export type XmlReading =
  | { readonly root: XmlElement }
  | {
      readonly problem: AttachmentProblem;
      /** The root element was reached, and it was one of those asked for. */
      readonly rootRead: boolean;
    };

class XmlRefusal extends Error {
  constructor(readonly problem: AttachmentProblem) {
    super(problem);
  }
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Builds the tree from the parser's events, within the limits. */
class TreeBuilder {
  root: GrowingElement | undefined;
  #elements = 0;
  #attributes = 0;
  #namespaces: ReadonlySet<string> = new Set();
  /** Open elements; undefined for one that is left out, and with it all that it contains. */
  readonly #open: (GrowingElement | undefined)[] = [];

  constructor(readonly namespacesOf: RootNamespaces) {}

  countAttribute(): void {
    this.#attributes += 1;
    if (this.#attributes > MAX_ATTRIBUTES) throw new XmlRefusal('XML_TOO_COMPLEX');
  }

  open(namespace: string, name: string, attributes: ReadonlyMap<string, string>): void {
    this.#attributes = 0;
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS || this.#open.length >= MAX_DEPTH)
      throw new XmlRefusal('XML_TOO_COMPLEX');
    const element: GrowingElement = { name, attributes, children: [], text: '' };
    if (this.root === undefined) {
      const namespaces = this.namespacesOf(namespace, name);
      if (namespaces === undefined) throw new XmlRefusal('XML_NOT_AN_INVOICE');
      this.#namespaces = namespaces;
      this.root = element;
      this.#open.push(element);
      return;
    }
    const parent = this.#open.at(-1);
    const isRead = parent !== undefined && this.#namespaces.has(namespace);
    if (isRead) parent.children.push(element);
    this.#open.push(isRead ? element : undefined);
  }

  write(text: string): void {
    const element = this.#open.at(-1);
    if (element === undefined || element.text.length >= MAX_TEXT) return;
    element.text += text.slice(0, MAX_TEXT - element.text.length);
  }

  close(): void {
    this.#open.pop();
  }
}

/**
 * Reads XML that strangers wrote. A document type declaration is refused, so there are no entities but the five of XML
 * and numbered characters; nothing is ever fetched. Time and memory are linear in the length of the text.
 */
export function readXml(text: string, namespacesOf: RootNamespaces): XmlReading {
  const builder = new TreeBuilder(namespacesOf);
  const parser = new SaxesParser({
    xmlns: true,
    position: false,
    defaultXMLVersion: '1.0',
    forceXMLVersion: true,
  });
  parser.on('doctype', () => {
    throw new XmlRefusal('XML_DOCTYPE');
  });
  parser.on('attribute', () => builder.countAttribute());
  parser.on('opentag', ({ uri, local, attributes }) => {
    const plain = Object.values(attributes).filter((attribute) => attribute.uri === '');
    const named = plain.map(({ name, value }) => [name, value] as const);
    builder.open(uri, local, named.length === 0 ? NO_ATTRIBUTES : new Map(named));
  });
  parser.on('text', (part) => builder.write(part));
  parser.on('cdata', (part) => builder.write(part));
  parser.on('closetag', () => builder.close());
  try {
    parser.write(text).close();
  } catch (error) {
    // The parser throws plain errors for everything that is not well-formed, with parts of the text in the message.
    const problem = error instanceof XmlRefusal ? error.problem : 'XML_MALFORMED';
    return { problem, rootRead: builder.root !== undefined };
  }
  return builder.root === undefined ? { problem: 'XML_MALFORMED', rootRead: false } : { root: builder.root };
}
