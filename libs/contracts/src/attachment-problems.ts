/**
 * Why an attachment that calls itself an electronic invoice was not read as one: a closed list. None of them is an
 * error of the document, whose pages say the same for people.
 */
export const ATTACHMENT_PROBLEMS = {
  XML_TOO_LARGE: 'The XML is larger than 4 MiB.',
  XML_TOO_COMPLEX: 'The XML has more elements, more attributes or more levels than any invoice needs.',
  XML_DOCTYPE:
    'The XML has a document type declaration. No electronic invoice has one, and it is never read.',
  XML_ENCODING: 'The bytes are not text of the encoding that the XML declares, or that encoding is not read.',
  XML_MALFORMED: 'The XML is not well-formed, or ends early.',
  XML_NOT_AN_INVOICE: 'The XML is named like an electronic invoice, but is none of a syntax that is read.',
} as const;

export type AttachmentProblem = keyof typeof ATTACHMENT_PROBLEMS;
