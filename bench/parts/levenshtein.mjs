// Edit distance of long texts, exact, in UTF-16 units. Texts that are much alike: furthest reaching diagonals, in the
// square of the distance (Ukkonen 1985). Others: bit vectors of 32 rows (Myers 1999, in blocks as Hyyrö 2003).
const ROWS = 32;

function unitsOf(text, from, to) {
  const units = new Uint16Array(to - from);
  for (let index = from; index < to; index += 1) units[index - from] = text.charCodeAt(index);
  return units;
}

/** The distance, or null when it is greater than `most`. */
function byDiagonals(left, right, most) {
  const offset = most + 1;
  const goal = right.length - left.length + offset;
  if (Math.abs(goal - offset) > most) return null;
  const unreached = -2;
  // How far into `left` each diagonal was followed with one difference less, and now.
  let before = new Int32Array(2 * most + 3).fill(unreached);
  let now = new Int32Array(2 * most + 3).fill(unreached);
  for (let differences = 0; differences <= most; differences += 1) {
    for (let diagonal = offset - differences; diagonal <= offset + differences; diagonal += 1) {
      let row = differences === 0 ? 0 : before[diagonal] + 1;
      if (before[diagonal - 1] > row) row = before[diagonal - 1];
      if (before[diagonal + 1] + 1 > row) row = before[diagonal + 1] + 1;
      const shift = diagonal - offset;
      const end = Math.min(left.length, right.length - shift);
      if (row > end) row = end;
      while (row < end && left[row] === right[row + shift]) row += 1;
      now[diagonal] = row;
    }
    if (now[goal] === left.length) return differences;
    [before, now] = [now, before];
  }
  return null;
}

function byBitVectors(left, right) {
  const places = new Int32Array(65_536);
  // The step to the column on the left at the last row of the block above: bit 0 up, bit 1 down. Above all, up.
  const steps = new Uint8Array(right.length).fill(1);
  let distance = left.length;
  for (let from = 0; from < left.length; from += ROWS) {
    const rows = Math.min(ROWS, left.length - from);
    const isLast = from + rows === left.length;
    for (let row = 0; row < rows; row += 1) places[left[from + row]] |= 1 << row;
    let up = -1;
    let down = 0;
    for (let column = 0; column < right.length; column += 1) {
      const upIn = steps[column] & 1;
      const downIn = steps[column] >>> 1;
      const equal = places[right[column]];
      const vertical = equal | down;
      const carried = equal | downIn;
      const horizontal = ((((carried & up) + up) | 0) ^ up) | carried;
      let stepUp = down | ~(horizontal | up);
      let stepDown = up & horizontal;
      const upOut = (stepUp >>> (rows - 1)) & 1;
      const downOut = (stepDown >>> (rows - 1)) & 1;
      steps[column] = upOut | (downOut << 1);
      if (isLast) distance += upOut - downOut;
      stepUp = (stepUp << 1) | upIn;
      stepDown = (stepDown << 1) | downIn;
      up = stepDown | ~(vertical | stepUp);
      down = stepUp & vertical;
    }
    for (let row = 0; row < rows; row += 1) places[left[from + row]] = 0;
  }
  return distance;
}

/** Insertions, deletions and substitutions that make one text of the other, at least. */
export function editDistance(one, other) {
  let start = 0;
  const shorter = Math.min(one.length, other.length);
  while (start < shorter && one.charCodeAt(start) === other.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < shorter - start &&
    one.charCodeAt(one.length - 1 - end) === other.charCodeAt(other.length - 1 - end)
  )
    end += 1;
  const left = unitsOf(one, start, one.length - end);
  const right = unitsOf(other, start, other.length - end);
  if (left.length === 0 || right.length === 0) return Math.max(left.length, right.length);
  // Beyond this the diagonals would cost more than the bit vectors.
  const most = Math.ceil(Math.sqrt((left.length * right.length) / ROWS) / 3);
  return byDiagonals(left, right, most) ?? byBitVectors(left, right);
}
