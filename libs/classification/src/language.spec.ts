import { describe, expect, it } from '@jest/globals';
import { parsedText } from '@docstream/testing';
import { isForeign } from './language.js';

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
