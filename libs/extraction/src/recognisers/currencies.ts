/** ISO 4217 codes that are recognised beside an amount; currencies of the past that stand in archives included. */
export const CURRENCY_CODES: ReadonlySet<string> = new Set(
  (
    'EUR USD GBP CHF JPY CNY INR AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN ISK TRY RUB UAH ILS AED SAR QAR KWD EGP MAD TND ZAR NGN KES ' +
    'BRL MXN ARS CLP COP PEN SGD HKD TWD KRW THB MYR IDR PHP VND PKR BDT LKR DEM FRF ITL ESP NLG BEF ATS EEK'
  ).split(' '),
);

/** How a currency is printed when not by its code. A lone dollar is decided per document. */
export const CURRENCY_SIGNS: readonly (readonly [sign: string, code: string])[] = [
  ['US$', 'USD'],
  ['A$', 'AUD'],
  ['AU$', 'AUD'],
  ['C$', 'CAD'],
  ['CA$', 'CAD'],
  ['NZ$', 'NZD'],
  ['HK$', 'HKD'],
  ['S$', 'SGD'],
  ['R$', 'BRL'],
  ['$', 'DOLLAR'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
  ['₹', 'INR'],
  ['₺', 'TRY'],
  ['₽', 'RUB'],
  ['₩', 'KRW'],
  ['₪', 'ILS'],
  ['฿', 'THB'],
  ['₴', 'UAH'],
  ['zł', 'PLN'],
  ['Kč', 'CZK'],
  ['Euros', 'EUR'],
  ['Euro', 'EUR'],
  ['EURO', 'EUR'],
  ['SFr.', 'CHF'],
  ['Fr.', 'CHF'],
  ['DM', 'DEM'],
  ['Rs.', 'INR'],
];
