import { tokensOf } from '../tokens.js';

/** What a column of a table of items holds; `item` is a description where no other column is called one. */
export type ColumnMeaning =
  | 'position'
  | 'article'
  | 'description'
  | 'item'
  | 'quantity'
  | 'unit'
  | 'price'
  | 'amount'
  | 'gross'
  | 'tax'
  | 'tax-amount'
  | 'discount'
  | 'date'
  | 'other';

/** Heads of columns in English, German, French and Dutch, separated by bars; accents, case and punctuation do not matter. */
const LABELS: Readonly<Record<Exclude<ColumnMeaning, 'other'>, string>> = {
  position: 'pos|position|line|line no|ln|ligne|zeile|no|nr|n|lfd nr|line item|regel',
  article:
    'article no|article number|art nr|art no|artnr|artikel nr|artikelnr|artikelnummer|artikelcode|item no|item number|item code|item id|sku|code|ref|reference|référence|product code|product id|product no|part number|part no|code article|ean|gtin|isbn|isbn ean|material|art nr kunde|art nr lief|waren gr|ihre art nr|artnr lief|bestellnummer|ordernummer|catalog no|model',
  description:
    'description|item description|product description|description of goods|description of services|product name|item name|services rendered|goods and services|particulars|details|beschreibung|bezeichnung|artikelbeschreibung|artikelbezeichnung|produktbezeichnung|warenbezeichnung|leistungsbeschreibung|leistung|leistungen|bezeichnung zusatztext|material beschreibung|artikel bezeichnung|produktbeschreibung|text|désignation|nom désignation|libellé|intitulé|prestation|prestations|nature|désignation des produits|désignation des prestations|omschrijving|artikelomschrijving|descripción|concepto|descrizione',
  item: 'item|items|product|products|service|services|goods|article|articles|title|movie title|task|activity|work|name|artikel|produkt|ware|waren|titel|produit|produits|objet|product service|item description',
  quantity:
    'qty|quantity|quant|qnty|count|hours|hrs|pcs|pieces|units|no of units|qty ordered|qty shipped|ordered|shipped|order qty|shows|stock|product stock|menge|anzahl|mge|stück|stk|std|stunden|liefermenge|bestellmenge|gelieferte menge|quantité|qté|qte|nombre|nb|nbre|qt|quantité livrée|aantal|hoeveelheid|cantidad|quantità',
  unit: 'unit|um|uom|u m|unit of measure|unité|einheit|me|mengeneinheit|meng einheit|eenheid|unit for p u|pe',
  price:
    'unit price|price|unit cost|cost|rate|price each|each|hourly rate|price per unit|unit rate|product price|list price|prices|ex tax|einzelpreis|preis|stückpreis|stück preis|e preis|ep|e p|vk preis|nettopreis|preis einheit|preis je einheit|stundensatz|einzel|einzelpreis netto|netto preis|preis stk|prix unitaire|prix|p u|pu|p u ht|pu ht|prix unitaire ht|prix ht|prix u|prix u ht|tarif|p unitaire|prix unit|prix unit ht|prijs|prijs st|stukprijs|eenheidsprijs|precio|prezzo',
  amount:
    'amount|line total|total|line amount|total price|total amount|net amount|extended price|ext price|extension|subtotal|sub total|sum|value|line value|net|net total|ex total|total cost|revenue|total excl|betrag|gesamt|gesamtpreis|summe|nettobetrag|netto betrag|gesamtbetrag|positionsbetrag|zeilenbetrag|entgelt|gp|g preis|netto|wert|gesamtpreis netto|gesamt netto|nettosumme|montant|montant ht|total ht|prix total|prix total ht|montant net|montant total|montant total ht|net ht|total net|bedrag|totaal|regeltotaal|importe|importo',
  gross:
    'gross|gross amount|total gross|brutto|bruttobetrag|gesamt brutto|total ttc|montant ttc|prix ttc|ttc|total incl|amount incl|bedrag incl|totaal incl|incl vat|total inc',
  tax: 'vat|vat rate|tax|taxes|tax rate|gst|mwst|ust|mwst satz|ust satz|steuersatz|steuer|tva|taux|taux tva|tx tva|btw|btw vat|moms|iva|sales tax',
  'tax-amount':
    'vat amount|tax amount|montant tva|total tva|steuerbetrag|mwst betrag|ust betrag|btw bedrag|btw amount|gst amount',
  discount:
    'discount|disc|rabatt|nachlass|remise|remise charge|korting|descuento|abzug|rab|less discount|discount amount',
  date: 'date|datum|start|end|start date|end date|period|training date|shipment date|delivery date|service date|lieferdatum|leistungsdatum|date de livraison|zeitraum|période',
};

/** Words that say more of the label before them: "Amount excl. VAT". */
const MODIFIERS = new Set(
  'excl incl exkl inkl ex inc ohne hors ht ttc eur euro usd chf gbp in per pro par je for zzgl excluding including de of'.split(
    ' ',
  ),
);
const TAX_WORDS = new Set('vat tax mwst ust tva btw gst taxes'.split(' '));
const LONGEST_LABEL = 5;

const MEANINGS: ReadonlyMap<string, ColumnMeaning> = new Map(
  Object.entries(LABELS).flatMap(([meaning, labels]) =>
    labels
      .split('|')
      .map((label) => [keyOf(tokensOf(label).map(({ text }) => text)), meaning as ColumnMeaning] as const),
  ),
);

function keyOf(tokens: readonly string[]): string {
  return tokens.join(' ');
}

/** A part of a head with what it means; `[start, end)` in the text. */
export interface LabelPart {
  readonly start: number;
  readonly end: number;
  readonly meaning: ColumnMeaning;
}

/** The labels in a text, left to right, longest first; words that are none belong to the part before, else are `other`. */
export function labelParts(text: string): readonly LabelPart[] {
  const tokens = tokensOf(text);
  const parts: LabelPart[] = [];
  let isModified = false;
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at];
    if (token === undefined) break;
    const last = parts.at(-1);
    const length = isModified && TAX_WORDS.has(token.text) ? 0 : labelLengthAt(tokens, at);
    const isContinued = last !== undefined && (length === 0 || MODIFIERS.has(token.text));
    if (isContinued) {
      parts[parts.length - 1] = { ...last, end: token.end };
      isModified ||= MODIFIERS.has(token.text);
      at += 1;
      continue;
    }
    const end = tokens[at + Math.max(length, 1) - 1]?.end ?? token.end;
    const key = keyOf(tokens.slice(at, at + length).map((word) => word.text));
    parts.push({ start: token.start, end, meaning: MEANINGS.get(key) ?? 'other' });
    isModified = false;
    at += Math.max(length, 1);
  }
  return parts;
}

function labelLengthAt(tokens: readonly { readonly text: string }[], at: number): number {
  for (let length = Math.min(LONGEST_LABEL, tokens.length - at); length > 0; length -= 1) {
    if (MEANINGS.has(keyOf(tokens.slice(at, at + length).map(({ text }) => text)))) return length;
  }
  return 0;
}

/** Share of the words of a text that belong to labels. */
export function labelShare(text: string): number {
  const tokens = tokensOf(text);
  let known = 0;
  for (let at = 0; at < tokens.length;) {
    const length = labelLengthAt(tokens, at);
    if (length > 0 || MODIFIERS.has(tokens[at]?.text ?? '')) known += Math.max(length, 1);
    at += Math.max(length, 1);
  }
  return tokens.length === 0 ? 0 : known / tokens.length;
}
