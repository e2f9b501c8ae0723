import { describe, expect, it } from '@jest/globals';
import { nextPlace } from './download.js';

const placeFrom = (from: string, location: string | null): string =>
  nextPlace('the file', new URL(from), location).href;

describe('a redirect', () => {
  it.each([
    ['https://hub/a/b', '/c', 'https://hub/c'],
    ['https://hub/a/b', 'https://cdn/x?signed=1', 'https://cdn/x?signed=1'],
    ['http://mirror/a', 'https://hub/a', 'https://hub/a'],
    ['http://mirror/a', 'http://cdn/a', 'http://cdn/a'],
  ])('from %s to %s is followed', (from, location, place) => {
    expect(placeFrom(from, location)).toBe(place);
  });

  it.each([
    ['out of TLS', 'https://hub/a', 'http://hub/a'],
    ['out of the web', 'http://hub/a', 'file:///a'],
    ['to nowhere', 'http://hub/a', null],
    ['to what is no URL', 'http://hub/a', 'http://['],
  ])('%s is refused', (_, from, location) => {
    expect(() => placeFrom(from, location)).toThrow('redirects to where it may not be fetched from');
  });
});
