import { describePdfParser } from '@docstream/testing';
import { createPdf2jsonParser } from './pdf2json-parser.js';

describePdfParser('pdf2json', createPdf2jsonParser, {
  images: false,
  offsets: false,
  rules: true,
  fields: true,
  fieldDetails: false,
  links: false,
  outline: false,
  attachments: false,
});
