// Several seeds of a cell as one line with a band: the middle, the lowest and the highest at each update.
import type { Table } from '../../lib/table';

export interface Band {
  x: number[];
  middle: number[];
  low: number[];
  high: number[];
}

/** The lanes up to the update that all of them have made, at `most` places; between two places means. */
export function band(
  lanes: readonly { x: readonly number[]; y: readonly number[] }[],
  most: number,
): Band {
  const found: Band = { x: [], middle: [], low: [], high: [] };
  const count = Math.min(...lanes.map(({ x }) => x.length));
  if (!Number.isFinite(count) || count === 0) return found;
  const size = Math.ceil(count / most);
  for (let start = 0; start < count; start += size) {
    const end = Math.min(start + size, count);
    const means = lanes.map(({ y }) => mean(y, start, end)).sort((one, other) => one - other);
    found.x.push(lanes[0].x[end - 1]);
    found.middle.push(median(means));
    found.low.push(means[0]);
    found.high.push(means[means.length - 1]);
  }
  return found;
}

/** A row for each update of the first line; the others may not have come so far. */
export function bandTable(lines: readonly { name: string; band: Band }[]): Table {
  return {
    columns: [
      'update',
      ...lines.flatMap(({ name }) => [name, `${name}, lowest`, `${name}, highest`]),
    ],
    rows: (lines[0]?.band.x ?? []).map((update, at) => [
      update,
      ...lines.flatMap(({ band: { middle, low, high } }) =>
        [middle, low, high].map((values) => values[at] ?? null),
      ),
    ]),
  };
}

export function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function mean(values: readonly number[], start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i];
  return sum / (end - start);
}
