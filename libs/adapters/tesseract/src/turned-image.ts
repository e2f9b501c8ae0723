import type { Box } from '@docstream/contracts';
import type { PageImage, RecognisedLine } from '@docstream/core';

/** Quarters clockwise. */
export type Turn = 0 | 1 | 2 | 3;
type Point = readonly [x: number, y: number];

/** The image turned clockwise. */
export function turnImage(image: PageImage, turn: Turn): PageImage {
  if (turn === 0) return image;
  const { width, height, grey, pointsPerPixel } = image;
  const turned = new Uint8Array(grey.length);
  const isUpright = turn === 2;
  const newWidth = isUpright ? width : height;
  // Where the first pixel goes, and how far apart its neighbours to the right and below are then.
  const steps: Readonly<Record<1 | 2 | 3, readonly [number, number, number]>> = {
    1: [height - 1, newWidth, -1],
    2: [grey.length - 1, -1, -newWidth],
    3: [(width - 1) * newWidth, -newWidth, 1],
  };
  const [start, right, below] = steps[turn];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0, to = start + y * below; x < width; x += 1, at += 1, to += right) {
      turned[to] = grey[at] ?? 0;
    }
  }
  return { width: newWidth, height: isUpright ? height : width, grey: turned, pointsPerPixel };
}

/** Where a point of the turned image was before. */
function turnPointBack([x, y]: Point, turn: Turn, { width, height }: PageImage): Point {
  switch (turn) {
    case 0:
      return [x, y];
    case 1:
      return [y, height - x];
    case 2:
      return [width - x, height - y];
    case 3:
      return [width - y, x];
  }
}

function turnBoxBack([left, top, right, bottom]: Box, turn: Turn, image: PageImage): Box {
  const [x0, y0] = turnPointBack([left, top], turn, image);
  const [x1, y1] = turnPointBack([right, bottom], turn, image);
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

/** Lines found in the turned image, where they stand in the image as it was. */
export function turnLinesBack(
  lines: readonly RecognisedLine[],
  turn: Turn,
  image: PageImage,
): RecognisedLine[] {
  return lines.map((line) => {
    const [x0, y0, x1, y1] = line.baseline;
    const baseline = [
      ...turnPointBack([x0, y0], turn, image),
      ...turnPointBack([x1, y1], turn, image),
    ] as const;
    const words = line.words.map((word) => ({ ...word, box: turnBoxBack(word.box, turn, image) }));
    return { ...line, baseline, words };
  });
}
