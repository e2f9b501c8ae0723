import type { FieldDefinition, TypeDefinition } from '../definition.js';
import { CURRENCY, GROSS_TOTAL, AMOUNT_DUE, OTHER_LABELS, TOTAL_WORD } from './labels.js';
import {
  BICS,
  EMAIL,
  field,
  fields,
  finder,
  IBANS,
  labelled,
  ON_THE_LINE,
  pattern,
  PHONE,
  TITLE,
  URL,
} from './rules.js';

const DATE = fields(
  'date',
  3,
  labelled(
    {
      en: [
        'date',
        'dated',
        'date of issue',
        'published',
        'issued',
        'report date',
        'release date',
        'date published',
        'date prepared',
      ],
      de: ['Datum', 'Stand', 'vom', 'den', 'veröffentlicht am'],
      fr: ['date', 'publié le', 'le', 'édité le'],
    },
    'date',
    0.85,
  ),
  pattern('date', 'top', 0.7, { onlyUnclaimed: true }),
  pattern('date', 'first-two-pages', 0.5, { id: 'pattern-page', onlyUnclaimed: true }),
);
const TOTAL = field(
  'total',
  labelled(GROSS_TOTAL, 'amount', 0.85, { pick: 'last' }),
  labelled(AMOUNT_DUE, 'amount', 0.7, { id: 'amount-due', pick: 'last' }),
  labelled(TOTAL_WORD, 'amount', 0.65, {
    id: 'total-word',
    pick: 'last',
    positions: ON_THE_LINE,
    isStandAlone: true,
  }),
);
const AUTHOR = field(
  'author',
  labelled(
    {
      en: ['author', 'authors', 'written by', 'by', 'prepared by', 'presented by', 'created by'],
      de: ['Autor', 'Autorin', 'Verfasser', 'verfasst von', 'von', 'erstellt von'],
      fr: ['auteur', 'auteurs', 'rédigé par', 'par'],
    },
    'person',
    0.85,
    { isStandAlone: true },
  ),
);
const VERSION = field(
  'version',
  labelled(
    {
      en: ['version', 'rev', 'revision', 'release', 'ver'],
      de: ['Version', 'Revision', 'Ausgabe'],
      fr: ['version', 'révision'],
    },
    'version',
    0.8,
    { positions: ON_THE_LINE },
  ),
);
const CONTACTS: readonly FieldDefinition[] = [EMAIL, PHONE, URL, IBANS, BICS];

const generalFields: readonly FieldDefinition[] = [
  TITLE,
  DATE,
  TOTAL,
  field('currency', labelled(CURRENCY, 'currency', 0.9), finder('currency', 0.85)),
  ...CONTACTS,
];

/** What is looked for where the type is unknown or has no definition of its own. */
export const GENERAL: TypeDefinition = { type: 'unknown', otherLabels: OTHER_LABELS, fields: generalFields };

const PUBLICATION_FIELDS: readonly FieldDefinition[] = [TITLE, AUTHOR, DATE, VERSION, ...CONTACTS];

export const REPORT: TypeDefinition = {
  type: 'report',
  otherLabels: OTHER_LABELS,
  fields: [
    TITLE,
    AUTHOR,
    field(
      'report_number',
      labelled(
        {
          en: ['report no', 'report number', 'report id', 'reference number', 'report ref'],
          de: ['Berichtsnummer', 'Bericht Nr'],
          fr: ['rapport n', 'n de rapport'],
        },
        'reference',
        0.85,
      ),
    ),
    field(
      'file_number',
      labelled(
        {
          en: ['file number', 'file no', 'commission file number', 'commission file no'],
          de: ['Aktenzeichen', 'Az'],
          fr: ['n de dossier', 'dossier n'],
        },
        'reference',
        0.85,
      ),
    ),
    field(
      'reference',
      labelled(
        { en: ['reference', 'ref', 'our reference'], de: ['Referenz', 'Zeichen'], fr: ['référence', 'réf'] },
        'reference',
        0.75,
      ),
    ),
    field(
      'period_end',
      labelled(
        {
          en: [
            'period ended',
            'quarter ended',
            'year ended',
            'quarterly period ended',
            'for the quarterly period ended',
            'fiscal year ended',
            'for the period ended',
            'period ending',
            'for the year ended',
          ],
          de: ['zum Stichtag', 'Geschäftsjahr bis'],
          fr: ['exercice clos le', 'période close le', 'au'],
        },
        'date',
        0.9,
      ),
    ),
    DATE,
    ...CONTACTS,
  ],
};

const publication = (type: string): TypeDefinition => ({
  type,
  otherLabels: OTHER_LABELS,
  fields: PUBLICATION_FIELDS,
});
export const MANUAL = publication('manual-datasheet');
export const SLIDES: TypeDefinition = {
  type: 'slides',
  fields: [
    field('title', finder('title', 0.85)),
    field('author', ...AUTHOR.rules, finder('author', 0.6)),
    DATE,
    ...CONTACTS,
  ],
};
export const NEWS: TypeDefinition = {
  type: 'news-newsletter',
  otherLabels: OTHER_LABELS,
  fields: [
    TITLE,
    AUTHOR,
    DATE,
    field(
      'number',
      labelled(
        {
          en: ['issue', 'issue no', 'no', 'number', 'vol'],
          de: ['Ausgabe', 'Nr', 'Heft'],
          fr: ['numéro', 'n'],
          it: ['avviso n', 'n'],
        },
        'reference',
        0.6,
      ),
    ),
    ...CONTACTS,
  ],
};
export const FORM: TypeDefinition = {
  type: 'form',
  otherLabels: OTHER_LABELS,
  fields: [
    TITLE,
    field(
      'birth_date',
      labelled(
        {
          en: ['date of birth', 'birth date', 'birthdate', 'dob'],
          de: ['Geburtsdatum', 'geboren am'],
          fr: ['date de naissance', 'né le', 'née le'],
        },
        'date',
        0.9,
      ),
    ),
    DATE,
    field('year', pattern('year', 'top', 0.6)),
    ...CONTACTS,
  ],
};
