/** Units by the sign under which they are given, with what else is printed for them in English, German and French; case counts. */
const SPELLINGS: Readonly<Record<string, string>> = {
  kg: 'kg KG Kg kgs KGS kilogram kilograms Kilogramm kilogramme kilogrammes',
  g: 'g gr Gramm gram grams gramme grammes',
  mg: 'mg',
  µg: 'µg μg mcg',
  t: 't Tonne Tonnen tonne tonnes',
  lb: 'lb lbs LB LBS pound pounds',
  oz: 'oz OZ ounce ounces',
  l: 'l L ltr Ltr Liter Litern liter liters litre litres',
  cl: 'cl',
  ml: 'ml mL',
  m: 'm Meter Metern meter meters metre metres mètre mètres',
  cm: 'cm',
  mm: 'mm',
  km: 'km',
  in: 'inch inches Zoll',
  ft: 'ft feet foot',
  mi: 'miles',
  'm²': 'm² m2 qm sqm',
  'm³': 'm³ m3 cbm CBM',
  ha: 'ha hectares Hektar',
  pcs: 'pcs PCS pc PC pce PCE piece pieces Pieces ea EA Stk Stk. Stck Stck. Stück ST pièce pièces pce(s) unit units unité unités',
  boxes: 'box boxes Karton Kartons carton cartons ctn ctns CTNS colis',
  pallets: 'pallet pallets Palette Paletten palette palettes plt PLT',
  h: 'h hr hrs hour hours Hours Std Std. Stunde Stunden heure heures',
  min: 'min Min. minute minutes Minute Minuten',
  days: 'day days Day Days Tag Tage Tagen jour jours',
  weeks: 'week weeks Week Weeks Woche Wochen semaine semaines',
  months: 'month months Month Months Monat Monate Monaten mois',
  years: 'year years Year Years Jahr Jahre Jahren an ans année années',
  W: 'W',
  kW: 'kW KW',
  kWh: 'kWh KWh kwh KWH',
  MWh: 'MWh',
  V: 'V',
  Hz: 'Hz',
  kHz: 'kHz',
  MHz: 'MHz',
  GHz: 'GHz',
  bar: 'bar',
  '°C': '°C',
  '°F': '°F',
  KB: 'KB kB',
  MB: 'MB',
  GB: 'GB',
  TB: 'TB',
};

const byLength = (one: string, other: string): number => other.length - one.length;
const escaped = (text: string): string => text.replace(/[.()]/gu, String.raw`\$&`);

/** The unit of a spelling. */
export const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, spellings]) =>
    spellings.split(' ').map((spelling) => [spelling, unit] as const),
  ),
);

/** Any spelling, as the source of an expression; nothing that goes on may follow. */
export const UNIT_SOURCE = `(?:${[...UNITS.keys()].sort(byLength).map(escaped).join('|')})(?![\\p{L}\\d/²³])`;

const SINGULARS: Readonly<Record<string, string>> = {
  pcs: 'pc',
  boxes: 'box',
  pallets: 'pallet',
  days: 'day',
  weeks: 'week',
  months: 'month',
  years: 'year',
};

/** "12.5 kg", "1 year". */
export const measured = (value: number, unit: string): string =>
  `${value} ${Math.abs(value) === 1 ? (SINGULARS[unit] ?? unit) : unit}`;
