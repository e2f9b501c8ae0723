import { describe, expect, it } from '@jest/globals';
import { parsedText } from '@docstream/testing';
import { isForeign, judgeLanguage, languageOf } from './language.js';

const TRAINED = ['en', 'de', 'fr'];
const ENGLISH =
  'This is to let you know that the goods which you have ordered from our shop will be sent on Monday and should be with you by the end of the week at the latest.';
const GERMAN =
  'Wir teilen Ihnen mit, dass die bestellten Waren am Montag versendet werden und bis zum Ende der Woche bei Ihnen sein sollten, und danken Ihnen für den Auftrag.';
const SPANISH =
  'Le informamos de que los productos que usted ha pedido en nuestra tienda se envían el lunes y que deberían llegar a su domicilio antes del fin de la semana, como siempre por correo.';

describe('isForeign', () => {
  it.each([
    ['English', ENGLISH],
    ['German', GERMAN],
    [
      'French',
      'Nous vous informons que les produits que vous avez commandés dans notre boutique sont envoyés lundi et que la livraison est prévue pour la fin de la semaine avec le reste.',
    ],
  ])('takes %s as a trained language', (_, text) => {
    expect(isForeign(parsedText(text), TRAINED)).toBe(false);
  });

  it('refuses Spanish', () => {
    expect(isForeign(parsedText(SPANISH), TRAINED)).toBe(true);
  });

  it('takes Spanish when the head was trained on it', () => {
    expect(isForeign(parsedText(SPANISH), ['es'])).toBe(false);
  });

  it('refuses another script, however short', () => {
    expect(isForeign(parsedText('株式会社 決算短信 平成二十三年'), TRAINED)).toBe(true);
  });

  it.each([
    [
      'Dutch',
      'Factuur Factuurnummer 4711 Factuurdatum 3-4-2025 Klantnummer 12 Omschrijving Aantal Prijs Bedrag Koffie 2 4,00 8,00 BTW 9 % 0,72 Totaalbedrag EUR 8,72 Molenweg Utrecht Jansen Groothandel Bakker Postbus',
    ],
    [
      'Estonian',
      'Arve number 4711 Kuupäev 03.04.2025 Maksetähtaeg 10.04.2025 Nimetus Kogus Hind Summa Kohv 2 4,00 8,00 Käibemaks 22 % 1,76 Kokku 9,76 EUR Pärnu Tamm Kask Saar Mets Lepik Kuusk',
    ],
    [
      'Polish',
      'Faktura numer 4711 data 03.04.2025 termin 10.04.2025 nazwa ilość cena wartość kawa 2 4,00 8,00 VAT 23 % razem 9,84 PLN sprzedawca nabywca Kowalski Nowak Kraków Gdańsk Lublin Zielona',
    ],
    [
      'Finnish',
      'Lasku laskun numero 4711 päivämäärä 3.4.2025 eräpäivä 10.4.2025 kuvaus määrä hinta kahvi 2 4,00 8,00 alv 24 % yhteensä 9,92 EUR viitenumero asiakas Virtanen Korhonen Espoo Tampere Oulu',
    ],
  ])('tells a bill in %s by the words of bills', (_, text) => {
    expect(judgeLanguage(parsedText(text), TRAINED)).toMatchObject({ isForeign: true, because: 'words' });
  });

  it('refuses a text that is as much in another language as in a trained one', () => {
    const both = `${ENGLISH.split(' ').slice(0, 20).join(' ')} ${SPANISH}`;
    expect(isForeign(parsedText(both), ['en'])).toBe(true);
    expect(isForeign(parsedText(both), ['en', 'es'])).toBe(false);
  });

  it('refuses Chinese written in radicals and mixed with names in Latin letters', () => {
    const text =
      '⾼级⼯程师，负责⾕歌云平台的开发与⽀持 Processing GitHub Kubernetes Docker 本科毕业设计与论⽂';
    expect(isForeign(parsedText(text), TRAINED)).toBe(true);
  });

  it('refuses Latin letters when the head was trained on Russian', () => {
    expect(isForeign(parsedText(ENGLISH), ['ru'])).toBe(true);
  });

  it('does not take the filler text of a template for a language', () => {
    const filler =
      'Lorem ipsum dolor sit amet, consectetuer adipiscing elit. Ut purus elit, vestibulum ut, placerat ac, adipiscing vitae, felis et netus et malesuada et est et ante. ';
    const text = `Sehr geehrte Damen und Herren, ${filler.repeat(4)} mit freundlichen Grüßen`;
    expect(isForeign(parsedText(text, { language: 'fr' }), ['de', 'en'])).toBe(false);
  });

  it('does not trust the parser about a few words', () => {
    const receipt =
      '# CAFE ROMA\nEspresso 2.10\nCappuccino 3.20\nPanino 4.50\nTotal 9.80\nCash 10.00\nChange 0.20';
    expect(isForeign(parsedText(receipt, { language: 'it' }), TRAINED)).toBe(false);
  });

  it('trusts the parser where function words of the trained languages are rare', () => {
    const text = Array.from({ length: 80 }, (_, index) => `sana${'abcdefgh'[index % 8]}koski`).join(' ');
    expect(isForeign(parsedText(text, { language: 'fi' }), TRAINED)).toBe(true);
    expect(isForeign(parsedText(text, { language: 'en' }), TRAINED)).toBe(false);
  });
});

describe('languageOf', () => {
  it.each([
    ['en', ENGLISH],
    ['de', GERMAN],
    ['es', SPANISH],
  ])('finds %s by its words, whatever the parser says', (language, text) => {
    expect(languageOf(parsedText(text, { language: 'it' }))).toBe(language);
  });

  it('believes the parser only about a language of the same script', () => {
    expect(languageOf(parsedText('株式会社 決算短信', { language: 'ja' }))).toBe('ja');
    expect(languageOf(parsedText('株式会社 決算短信', { language: 'en' }))).toBeNull();
  });
});
