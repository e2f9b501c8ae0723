import { describe, expect, it } from '@jest/globals';
import { decideLocale } from './locale.js';

describe('decideLocale', () => {
  it('lets the numbers of the document decide, not its language', () => {
    expect(decideLocale(['Subtotal: 630,00', 'Total: 1.756,00'], 'en').decimal).toBe(',');
    expect(decideLocale(['Summe 1,756.00'], 'de').decimal).toBe('.');
  });

  it('follows the language where nothing else speaks', () => {
    expect(decideLocale([], 'fr')).toMatchObject({ decimal: ',', dateOrder: 'day-first', country: 'FR' });
    expect(decideLocale([], undefined)).toMatchObject({ decimal: '.', dateOrder: 'month-first' });
  });

  it('reads dates day first where one date can only be read so', () => {
    expect(decideLocale(['Date 25/04/2024', 'Due 03/05/2024'], 'en').dateOrder).toBe('day-first');
  });

  it('tells the country from addresses and registrations', () => {
    expect(decideLocale(['New York, NY 10001'], 'en')).toMatchObject({
      country: 'US',
      dateOrder: 'month-first',
    });
    expect(decideLocale(['ABN 51 824 753 556'], 'en')).toMatchObject({
      country: 'AU',
      dollar: 'AUD',
      dateOrder: 'day-first',
    });
    expect(decideLocale(['London SW1A 1AA'], 'en')).toMatchObject({ country: 'GB', dateOrder: 'day-first' });
  });
});
