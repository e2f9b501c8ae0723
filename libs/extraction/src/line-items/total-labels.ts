import { tokensOf } from '../tokens.js';

/** Beginnings that say alone that a row is a sum of rows. */
const SUMS =
  /^(?:sub ?totals?|subtota[a]?l|totals|zwischensumme|gesamt(?:betrag|summe)|rechnungs(?:summe|betrag|total)|positionssumme|netto(?:betrag|summe|total)|brutto(?:betrag|summe)|end(?:betrag|summe)|warenwert|sous total|total (?:ht|ttc|hors|net|gross|incl|excl|excluding|including|due|price|amount|order|invoice|eur|usd|before|general|tva)|net a payer|montant (?:ht|ttc|total|net|tva)|amount due|balance|zahlbetrag|grand total|summe|totaal|totaalbedrag|subtotaal|bedrag (?:incl|excl)|volume discount)(?: |$)/u;
const CORE = new Set(
  'total totals sum summe subtotal gesamt netto brutto net gross tax taxes vat mwst ust umsatzsteuer mehrwertsteuer tva btw gst totaal montant sst iva steuer'.split(
    ' ',
  ),
);
const AROUND = new Set(
  'sales rate amount betrag due to pay of the and in inkl incl including exkl excl excluding ohne ht ttc hors taxe taxes order invoice rechnung factuur bestellung positionen items price preis value wert eur usd gbp chf euro zzgl plus auf von d n a s le la les du de sub sous paid balance payable general on % before after'.split(
    ' ',
  ),
);
const CARRIED = /^(?:ubertrag|uebertrag|carried forward|brought forward|a reporter|report|carry over)/u;
const ALLOWANCE =
  /(?:^| )(?:discounts?|rabatt|rabatte|remise|ristourne|nachlass|sondernachlass|abzgl|abzuglich|abschlag|korting|skonto|allowance|escompte|less)(?: |$)/u;
const CHARGE =
  /(?:^| )(?:shipping|freight|porto|postage|handling|delivery|versand|versandkosten|fracht|frachtkosten|frais|livraison|transport|charge|zuschlag|surcharge|verpackung|insurance|verzendkosten)(?: |$)/u;

const wordsOf = (text: string): readonly string[] =>
  tokensOf(text)
    .map((token) => token.text)
    .filter((word) => !/^\d+$/u.test(word));

/** "Subtotal", "VAT 20 %", "Summe Positionen": a row that adds up others. "Total Care package" is an item. */
export function isTotalLabel(text: string): boolean {
  const words = wordsOf(text);
  if (words.length === 0) return false;
  if (SUMS.test(words.join(' '))) return true;
  return words.some((word) => CORE.has(word)) && words.every((word) => CORE.has(word) || AROUND.has(word));
}

export const isCarriedForward = (text: string): boolean => CARRIED.test(wordsOf(text).join(' '));

/** A reduction of what stands above. */
export const isAllowance = (text: string): boolean => ALLOWANCE.test(wordsOf(text).join(' '));

/** Postage and the like: part of the sum, no item. */
export const isCharge = (text: string): boolean => CHARGE.test(wordsOf(text).join(' '));
