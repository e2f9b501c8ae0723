import { describe, expect, it } from '@jest/globals';
import { turnImage, turnLinesBack, type Turn } from './turned-image.js';

const image = { width: 3, height: 2, grey: Uint8Array.of(1, 2, 3, 4, 5, 6), pointsPerPixel: 1 };

describe('turnImage', () => {
  it.each([
    [1, [4, 1, 5, 2, 6, 3], 2],
    [2, [6, 5, 4, 3, 2, 1], 3],
    [3, [3, 6, 2, 5, 1, 4], 2],
  ] as const)('turns pixels clockwise by %d quarters', (turn, pixels, width) => {
    const turned = turnImage(image, turn);
    expect([...turned.grey]).toEqual(pixels);
    expect(turned.width).toBe(width);
  });

  it.each([0, 1, 2, 3] as const)(
    'finds what was found after %d quarters where it was before',
    (turn: Turn) => {
      const turned = turnImage(image, turn);
      const at = turned.grey.indexOf(6);
      const [left, top] = [at % turned.width, Math.floor(at / turned.width)];
      const line = {
        words: [{ text: '6', box: [left, top, left + 1, top + 1] as const, confidence: 1 }],
        baseline: [left, top + 1, left + 1, top + 1] as const,
        fontSize: 1,
      };
      expect(turnLinesBack([line], turn, image)[0]?.words[0]?.box).toEqual([2, 1, 3, 2]);
    },
  );
});
