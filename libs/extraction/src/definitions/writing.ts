import type { TypeDefinition } from '../definition.js';
import { OTHER_LABELS } from './labels.js';
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

export const PAPER: TypeDefinition = {
  type: 'scientific-paper',
  fields: [
    field('title', finder('title', 0.9)),
    field('authors', finder('authors', 0.8)),
    field('abstract', finder('abstract', 0.85)),
    field('doi', pattern('doi', 'first-two-pages', 0.9)),
    field('arxiv_id', pattern('arxiv-id', 'first-page', 0.95)),
    field(
      'year',
      labelled(
        {
          en: ['received', 'accepted', 'published', 'copyright', 'published online', 'available online', '©'],
          de: ['veröffentlicht'],
          fr: ['publié'],
        },
        'year',
        0.75,
        { positions: ON_THE_LINE },
      ),
      pattern('year', 'first-page', 0.8),
    ),
    fields('email', 8, pattern('email', 'first-page', 1)),
  ],
};

export const RESUME: TypeDefinition = {
  type: 'resume',
  otherLabels: { en: ['page', 'last updated', 'last update'] },
  fields: [
    field(
      'name',
      labelled(
        {
          en: ['name', 'full name'],
          de: ['Name', 'Vor- und Nachname', 'Vorname Name'],
          fr: ['nom', 'nom et prénom'],
        },
        'party',
        0.75,
        { isStandAlone: true, positions: ON_THE_LINE },
      ),
      finder('person-name', 0.98),
    ),
    fields('email', 3, pattern('email', 'first-two-pages', 1)),
    fields(
      'phone',
      3,
      labelled(
        {
          en: ['phone', 'mobile', 'tel', 'telephone', 'cell', 'phone number', 'mobile number', 'contact'],
          de: ['Telefon', 'Mobil', 'Handy', 'Tel', 'Telefonnummer', 'Mobilnummer'],
          fr: ['téléphone', 'tél', 'portable', 'mobile'],
        },
        'phone',
        0.97,
        { positions: ON_THE_LINE },
      ),
      pattern('phone', 'top', 0.98),
      pattern('phone', 'first-two-pages', 0.9, { id: 'pattern-anywhere', shapeAtLeast: 0.8 }),
    ),
    fields('url', 5, pattern('url', 'first-two-pages', 0.9)),
    field(
      'location',
      labelled(
        {
          en: ['address', 'location', 'city', 'residence'],
          de: ['Adresse', 'Anschrift', 'Wohnort'],
          fr: ['adresse', 'ville', 'domicile'],
        },
        'text',
        0.7,
        { isStandAlone: true, positions: ON_THE_LINE },
      ),
      finder('place', 0.6),
    ),
    field(
      'birth_date',
      labelled(
        {
          en: ['date of birth', 'birth date', 'born', 'born on', 'dob'],
          de: ['Geburtsdatum', 'geboren am', 'geboren', 'geb'],
          fr: ['date de naissance', 'né le', 'née le'],
        },
        'date',
        0.93,
      ),
    ),
  ],
};

export const LETTER: TypeDefinition = {
  type: 'letter',
  otherLabels: OTHER_LABELS,
  fields: [
    field(
      'sender',
      labelled(
        { en: ['from', 'sender', 'sent by'], de: ['Von', 'Absender'], fr: ['de', 'expéditeur'] },
        'correspondent',
        0.85,
        { isStandAlone: true, positions: ON_THE_LINE },
      ),
      finder('signature', 0.75),
      finder('seller', 0.5),
    ),
    field(
      'recipient',
      labelled(
        { en: ['to', 'recipient', 'sent to'], de: ['An', 'Empfänger'], fr: ['à', 'destinataire'] },
        'correspondent',
        0.85,
        { isStandAlone: true, positions: ON_THE_LINE },
      ),
      finder('buyer', 0.7),
      finder('salutation', 0.62),
    ),
    field(
      'date',
      labelled(
        {
          en: ['date', 'dated', 'sent', 'sent on'],
          de: ['Datum', 'den', 'Gesendet'],
          fr: ['date', 'le', 'envoyé'],
        },
        'date',
        0.9,
      ),
      pattern('date', 'top', 0.85),
      pattern('date', 'first-page', 0.5, { id: 'pattern-page' }),
    ),
    field(
      'subject',
      labelled(
        {
          en: ['subject', 're', 'regarding', 'ref', 'in re'],
          de: ['Betreff', 'Betrifft', 'Betr'],
          fr: ['objet', 'sujet', 'concerne'],
        },
        'text',
        0.88,
        { isStandAlone: true, positions: ON_THE_LINE },
      ),
    ),
    EMAIL,
    PHONE,
    URL,
  ],
};

export const CONTRACT: TypeDefinition = {
  type: 'contract-legal',
  fields: [
    TITLE,
    fields('parties', 1, finder('parties', 0.7)),
    field(
      'effective_date',
      labelled(
        {
          en: [
            'effective date',
            'effective as of',
            'effective',
            'entered into as of',
            'made as of',
            'as of',
            'commencement date',
            'made and entered into as of',
            'entered into on',
            'made on',
            'dated as of',
            'made this',
            'entered into this',
          ],
          de: [
            'Vertragsbeginn',
            'gültig ab',
            'Inkrafttreten',
            'tritt am',
            'mit Wirkung zum',
            'mit Wirkung vom',
            'beginnt am',
          ],
          fr: ["date d'entrée en vigueur", "date d'effet", 'prend effet le', 'à compter du'],
        },
        'date',
        0.85,
      ),
    ),
    field(
      'last_updated',
      labelled(
        {
          en: ['last updated', 'last updated on', 'last revised', 'last modified', 'revised', 'updated'],
          de: ['Stand', 'Zuletzt aktualisiert', 'Letzte Aktualisierung'],
          fr: ['dernière mise à jour', 'mis à jour le'],
        },
        'date',
        0.9,
      ),
    ),
    field(
      'case_number',
      labelled(
        {
          en: ['case no', 'case number', 'no', 'docket no', 'case', 'civil action no', 'nos'],
          de: ['Aktenzeichen', 'Az', 'Geschäftszeichen', 'Geschäftsnummer'],
          fr: ['affaire n', 'n de rôle', 'rg n'],
        },
        'reference',
        0.75,
        { shape: /\d{2}.*\d|[A-Z].*\d{3}/u },
      ),
    ),
    field(
      'date',
      labelled(
        {
          en: ['date', 'dated', 'filed', 'opinion issued', 'opinion filed', 'decided'],
          de: ['Datum', 'den', 'vom'],
          fr: ['date', 'le', 'fait le'],
        },
        'date',
        0.75,
      ),
      pattern('date', 'first-page', 0.55, { onlyUnclaimed: true }),
    ),
    fields('email', 5, pattern('email', 'anywhere', 1)),
    URL,
  ],
};

export const STATEMENT: TypeDefinition = {
  type: 'financial-statement',
  otherLabels: OTHER_LABELS,
  fields: [
    field('title', finder('title', 0.55)),
    field(
      'account_number',
      labelled(
        {
          en: [
            'account number',
            'account no',
            'a c no',
            'account',
            'acct no',
            'account nr',
            'primary account number',
            'card number',
          ],
          de: ['Kontonummer', 'Konto-Nr', 'Konto', 'Kontonr'],
          fr: ['numéro de compte', 'n de compte', 'compte n', 'n compte'],
        },
        'account-number',
        0.88,
      ),
    ),
    field(
      'account_holder',
      labelled(
        {
          en: [
            'account holder',
            'account holder name',
            'account name',
            'customer name',
            'name',
            'customer',
            'cardholder',
            'prepared for',
            'statement for',
            'account of',
          ],
          de: ['Kontoinhaber', 'Inhaber'],
          fr: ['titulaire', 'titulaire du compte'],
        },
        'party',
        0.82,
        { isStandAlone: true },
      ),
      finder('buyer', 0.6),
    ),
    field(
      'bank_name',
      labelled({ en: ['bank', 'bank name'], de: ['Bank', 'Kreditinstitut'], fr: ['banque'] }, 'party', 0.7, {
        isStandAlone: true,
        positions: ON_THE_LINE,
      }),
    ),
    field(
      'opening_balance',
      labelled(
        {
          en: [
            'opening balance',
            'beginning balance',
            'starting balance',
            'previous balance',
            'balance brought forward',
            'balance forward',
            'balance b f',
          ],
          de: [
            'Anfangssaldo',
            'alter Kontostand',
            'Alter Saldo',
            'Saldovortrag',
            'Anfangsbestand',
            'Kontostand alt',
          ],
          fr: ['solde initial', 'ancien solde', 'solde précédent', "solde d'ouverture", 'solde créditeur au'],
        },
        'amount',
        0.9,
      ),
    ),
    field(
      'closing_balance',
      labelled(
        {
          en: [
            'closing balance',
            'ending balance',
            'new balance',
            'final balance',
            'balance carried forward',
            'current balance',
            'closing balance as of',
          ],
          de: ['Endsaldo', 'neuer Kontostand', 'Neuer Saldo', 'Schlusssaldo', 'Endbestand', 'Kontostand neu'],
          fr: ['solde final', 'nouveau solde', 'solde de clôture'],
        },
        'amount',
        0.9,
      ),
    ),
    field(
      'minimum_due',
      labelled(
        {
          en: [
            'minimum payment',
            'minimum payment due',
            'minimum amount due',
            'minimum due',
            'total minimum payment due',
          ],
          de: ['Mindestbetrag', 'Mindestzahlung'],
          fr: ['paiement minimum'],
        },
        'amount',
        0.9,
      ),
    ),
    field(
      'net_pay',
      labelled(
        {
          en: ['net pay', 'net salary', 'take home pay', 'net payment'],
          de: ['Auszahlungsbetrag', 'Nettolohn', 'Nettogehalt', 'Auszahlung'],
          fr: ['net à payer', 'salaire net', 'net payé'],
        },
        'amount',
        0.9,
      ),
    ),
    field(
      'statement_date',
      labelled(
        {
          en: [
            'statement date',
            'statement closing date',
            'closing date',
            'date of statement',
            'as of',
            'statement as of',
            'opening closing date',
          ],
          de: ['Auszugsdatum', 'Kontoauszug vom', 'Stand', 'Datum'],
          fr: ['date du relevé', 'arrêté au'],
        },
        'date',
        0.85,
      ),
    ),
    field(
      'due_date',
      labelled(
        {
          en: ['due date', 'payment due date', 'payment due', 'due by'],
          de: ['Fälligkeitsdatum', 'fällig am'],
          fr: ["date d'échéance"],
        },
        'date',
        0.9,
      ),
    ),
    field(
      'issue_date',
      labelled(
        {
          en: [
            'issue date',
            'date issued',
            'issued on',
            'date',
            'report date',
            'generated on',
            'statement date',
          ],
          de: ['Ausstellungsdatum', 'Datum', 'Erstellt am'],
          fr: ["date d'émission", 'date'],
        },
        'date',
        0.75,
      ),
    ),
    field(
      'pay_date',
      labelled(
        {
          en: ['pay date', 'payment date', 'check date', 'date paid'],
          de: ['Zahltag', 'Auszahlungsdatum'],
          fr: ['date de paiement', 'payé le'],
        },
        'date',
        0.9,
      ),
    ),
    field(
      'period_start',
      labelled(
        {
          en: [
            'statement period',
            'period',
            'from',
            'period start',
            'pay period',
            'pay begin date',
            'period beginning',
            'start date',
            'billing period',
            'for the period',
            'pay period start',
            'period starting',
            'for the period from',
            'period from',
          ],
          de: ['Zeitraum', 'Abrechnungszeitraum', 'von', 'vom'],
          fr: ['période', 'du', 'période du'],
        },
        'date',
        0.82,
      ),
    ),
    field(
      'period_end',
      labelled(
        {
          en: [
            'period end',
            'pay end date',
            'period ending',
            'end date',
            'pay period end',
            'to',
            'through',
            'until',
            'period to',
          ],
          de: ['bis', 'bis zum'],
          fr: ['au', "jusqu'au"],
        },
        'date',
        0.8,
      ),
      labelled(
        {
          en: [
            'statement period',
            'period',
            'pay period',
            'billing period',
            'for the period',
            'for the period from',
          ],
          de: ['Zeitraum', 'Abrechnungszeitraum'],
          fr: ['période', 'période du'],
        },
        'date',
        0.75,
        { id: 'end-of-range', pick: 'last' },
      ),
    ),
    field('company', finder('seller', 0.5)),
    field(
      'employer',
      labelled(
        { en: ['employer', 'employer name', 'company name'], de: ['Arbeitgeber'], fr: ['employeur'] },
        'party',
        0.85,
        { isStandAlone: true },
      ),
    ),
    field(
      'employee',
      labelled(
        {
          en: ['employee', 'employee name'],
          de: ['Arbeitnehmer', 'Mitarbeiter'],
          fr: ['employé', 'salarié'],
        },
        'party',
        0.85,
        { isStandAlone: true },
      ),
    ),
    field('currency', finder('currency', 0.9)),
    IBANS,
    BICS,
    EMAIL,
    PHONE,
    URL,
  ],
};
