/** The value below which that share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (numbers) => quantile(numbers, 0.5);

export const round = (number, digits = 2) => Number(number.toFixed(digits));
