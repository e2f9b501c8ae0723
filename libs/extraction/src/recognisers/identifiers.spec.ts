import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentLocale } from '../locale.js';
import { recogniseBics, recogniseIbans } from './bank.js';
import { recogniseEmails, recogniseUrls } from './internet.js';
import { recogniseParties } from './parties.js';
import { recognisePhones } from './phones.js';
import { recogniseReferences } from './references.js';
import { recogniseArxivIds, recogniseDois } from './scholarly.js';
import { recogniseVatIds } from './vat-ids.js';

const locale: DocumentLocale = {
  language: 'de',
  decimal: ',',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
  country: 'DE',
};
const values = (matches: readonly { readonly value: string }[]): readonly string[] =>
  matches.map(({ value }) => value);

/** An IBAN of Germany with the right check digits for a bank code and an account. */
function germanIban(account: bigint): string {
  const rest = account.toString().padStart(18, '0');
  const check = 98n - (BigInt(`${rest}131400`) % 97n);
  return `DE${check.toString().padStart(2, '0')}${rest}`;
}

describe('recogniseIbans', () => {
  it('finds every valid IBAN, however it is grouped', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n }),
        fc.boolean(),
        (account, isGrouped) => {
          const iban = germanIban(account);
          const printed = isGrouped ? iban.replace(/(.{4})(?=.)/gu, '$1 ') : iban;
          const [match] = recogniseIbans(`IBAN: ${printed} BIC COBADEFFXXX`, locale);
          expect(match).toMatchObject({ value: iban, confidence: 0.98 });
        },
      ),
    );
  });

  /** Countries with the shape of what follows the check digits: n a digit, a a capital, c either. */
  const bbans = {
    AT: 'n'.repeat(16),
    CH: 'nnnnn' + 'c'.repeat(12),
    DE: 'n'.repeat(18),
    GB: 'aaaa' + 'n'.repeat(14),
    LU: 'nnn' + 'c'.repeat(13),
    NL: 'aaaa' + 'n'.repeat(10),
    SE: 'n'.repeat(20),
    MT: 'aaaannnnn' + 'c'.repeat(18),
  };
  const alphabets = {
    n: '0123456789',
    a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    c: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  };
  const anyIban = fc.constantFrom(...Object.entries(bbans)).chain(([country, shape]) =>
    fc
      .tuple(...[...shape].map((kind) => fc.constantFrom(...alphabets[kind as keyof typeof alphabets])))
      .map((letters) => {
        const rest = letters.join('');
        const digits = [...`${rest}${country}00`].map((letter) => parseInt(letter, 36)).join('');
        return `${country}${(98n - (BigInt(digits) % 97n)).toString().padStart(2, '0')}${rest}`;
      }),
  );
  const groupings: readonly ((iban: string) => string)[] = [
    (iban) => iban,
    (iban) => iban.replace(/(.{4})(?=.)/gu, '$1 '),
    (iban) => iban.replace(/(.{4})(?=.)/gu, '$1\u00a0'),
    (iban) => iban.replace(/(.{4})(?=.)/gu, '$1-'),
    (iban) => `${iban.slice(0, 4)} ${iban.slice(4, 12)} ${iban.slice(12)}`,
    (iban) => `${iban.slice(0, 4)} ${[...iban.slice(4)].join(' ')}`,
  ];

  it('finds any valid IBAN of any country in any grouping', () => {
    fc.assert(
      fc.property(anyIban, fc.constantFrom(...groupings), (iban, print) => {
        expect(recogniseIbans(`IBAN: ${print(iban)}, BIC`, locale)).toMatchObject([
          { value: iban, confidence: 0.98 },
        ]);
      }),
    );
  });

  it('is sure of none with one digit changed', () => {
    fc.assert(
      fc.property(
        anyIban,
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(...groupings),
        (iban, seed, step, print) => {
          const places = [...iban.matchAll(/\d/gu)].map(({ index }) => index);
          const at = places[seed % places.length] ?? 2;
          const changed = iban.slice(0, at) + String((Number(iban[at]) + step) % 10) + iban.slice(at + 1);
          expect(
            recogniseIbans(`IBAN: ${print(changed)}`, locale).filter(({ confidence }) => confidence > 0.45),
          ).toEqual([]);
        },
      ),
    );
  });

  it('keeps a wrong checksum only as unsure', () => {
    expect(recogniseIbans('DE12 1234 5678 9012 3456 78', locale)[0]).toMatchObject({
      value: 'DE12123456789012345678',
      confidence: 0.45,
    });
  });

  it('takes no order number for an IBAN', () => {
    expect(recogniseIbans('XY12 3456 7890 1234 5678', locale)).toEqual([]);
  });
});

describe('recogniseBics', () => {
  it('finds BICs of countries that exist', () => {
    expect(values(recogniseBics('BIC: COBADEFF670, not ABCDZZ22', locale))).toEqual(['COBADEFF670']);
  });
});

describe('recogniseVatIds', () => {
  it.each([
    ['USt-IdNr.: DE136695976', 'DE136695976', 0.95],
    ['UStId DE 232 446 240', 'DE232446240', 0.95],
    ['TVA FR40 303 265 045', 'FR40303265045', 0.95],
    ['BTW NL004495445B01', 'NL004495445B01', 0.95],
    ['BTW NL000099998B57', 'NL000099998B57', 0.95],
    ['UID ATU13585627', 'ATU13585627', 0.95],
    ['MWST CHE-107.787.577 MWST', 'CHE107787577MWST', 0.95],
    ['VAT GB 980 7806 84', 'GB980780684', 0.95],
    ['P. IVA IT00743110157', 'IT00743110157', 0.95],
    ['ΑΦΜ EL094259216', 'EL094259216', 0.95],
    ['MVA NO995525828MVA', 'NO995525828MVA', 0.95],
    ['TVA FR32 123 456 789', 'FR32123456789', 0.5],
    ['VAT DE777777777', 'DE777777777', 0.5],
  ])('reads %s', (text, value, confidence) => {
    expect(recogniseVatIds(text, locale)).toMatchObject([{ value, confidence }]);
  });

  it('takes no word or IBAN for a VAT id', () => {
    expect(recogniseVatIds('DE12 5001 0517 0648 4898 90 and ATTENTION 12345678', locale)).toEqual([]);
  });
});

describe('recogniseEmails', () => {
  it('finds addresses inside sentences', () => {
    expect(values(recogniseEmails('Write to <Jane.Doe+x@Example.COM>, or a@b.de.', locale))).toEqual([
      'Jane.Doe+x@example.com',
      'a@b.de',
    ]);
  });
});

describe('recogniseUrls', () => {
  it('leaves the punctuation of the sentence out', () => {
    expect(
      values(recogniseUrls('See https://example.com/a?b=1, www.example.org. github.com/x!', locale)),
    ).toEqual(['https://example.com/a?b=1', 'www.example.org', 'github.com/x']);
  });

  it('takes no part of an e-mail address', () => {
    expect(recogniseUrls('jane@example.com', locale)).toEqual([]);
  });
});

describe('recognisePhones', () => {
  it('writes numbers of the country in E.164', () => {
    expect(values(recognisePhones('Tel. 06051 916 44 10', locale))).toEqual(['+4960519164410']);
    expect(values(recognisePhones('+1 (212) 555-0123', locale))).toEqual(['+12125550123']);
  });

  it('keeps what only looks like a number as printed, and unsure', () => {
    expect(recognisePhones('000-00-0000', locale)).toEqual([
      { start: 0, end: 11, value: '000-00-0000', confidence: 0.4 },
    ]);
  });
});

describe('recogniseDois and recogniseArxivIds', () => {
  it('cuts the sentence off', () => {
    expect(values(recogniseDois('(https://doi.org/10.1088/1475-7516/2008/10/003).', locale))).toEqual([
      '10.1088/1475-7516/2008/10/003',
    ]);
    expect(values(recogniseArxivIds('arXiv:2401.01234v2 [cs.CL] 3 Jan 2024', locale))).toEqual([
      '2401.01234v2',
    ]);
    expect(values(recogniseArxivIds('arXiv: hep-th/9901001', locale))).toEqual(['hep-th/9901001']);
  });
});

describe('recogniseReferences', () => {
  it('takes words with digits, no amounts and nothing in brackets', () => {
    expect(values(recogniseReferences('(380) Nr. R-2024/00001 12,50 invoice_number_1', locale))).toEqual([
      'R-2024/00001',
      'invoice_number_1',
    ]);
  });
});

describe('recogniseParties', () => {
  it('cuts a name before its address', () => {
    expect(values(recogniseParties(': Muster & Söhne GmbH - Hauptstr. 1 - 12345 Berlin', locale))).toEqual([
      'Muster & Söhne GmbH',
    ]);
    expect(values(recogniseParties('Example, Inc.', locale))).toEqual(['Example, Inc.']);
  });

  it.each(['Hauptstraße 12', 'jane@example.com', '12345 Berlin', 'GmbH', 'Tel. 030 1234'])(
    'sees no name in %s',
    (text) => {
      expect(recogniseParties(text, locale)).toEqual([]);
    },
  );
});

describe('recognisePhones among other numbers', () => {
  it.each(['30.08.2018', '94165608', '360122', '710252 - 68222 Mannheim', '77029/00296'])(
    'is not sure of %s',
    (text) => {
      expect(recognisePhones(text, locale).filter(({ confidence }) => confidence > 0.4)).toEqual([]);
    },
  );
});
