// From a cell's measurements to the lines that are drawn.
import type { Line } from '../../lib/pictures/LineChart.svelte';
import type { CellFlow } from '../../lib/types';

/** A colour and dash for each cell, the same in all pictures. */
const STYLES: Record<string, number> = { SimpleRNN: 0, LSTM: 1, GRU: 2 };
const HIDDEN = 3;
/** Powers of ten that a picture shows below its largest value. */
export const DECADES = 14;

export const styleOf = (cell: CellFlow): number => STYLES[cell.name] ?? 4;

/** The gradient of a seed at a lag, as clipping leaves it. */
export function carriedAt(cell: CellFlow, seed: number, lag: number): number {
  return cell.carried.at(seed, lag) * cell.factors.at(seed);
}

/** The same at h alone. */
export function hiddenAt(cell: CellFlow, seed: number, lag: number): number {
  return cell.hidden.at(seed, lag) * cell.factors.at(seed);
}

/** A line for each cell with the band of its seeds, and the LSTM's at h alone. */
export function flowLines(cells: readonly CellFlow[]): Line[] {
  const lines: Line[] = [];
  for (const cell of cells) {
    const [seeds, lags] = cell.carried.shape;
    const x = Array.from({ length: lags }, (_, lag) => lag);
    const each = Array.from({ length: seeds }, (_, seed) => seed);
    const of = (lag: number): number[] => each.map((seed) => carriedAt(cell, seed, lag));
    lines.push({
      name: cell.name,
      style: styleOf(cell),
      x,
      y: x.map((lag) => carriedAt(cell, cell.drawn, lag)),
      band:
        seeds > 1
          ? {
              low: x.map((lag) => Math.min(...of(lag))),
              high: x.map((lag) => Math.max(...of(lag))),
            }
          : undefined,
    });
    if (cell.name === 'LSTM')
      lines.push({
        name: 'LSTM at h alone',
        style: HIDDEN,
        x,
        y: x.map((lag) => hiddenAt(cell, cell.drawn, lag)),
      });
  }
  return above(lines);
}

/** Leave gaps where a picture ends below, so that no line runs along its edge. */
function above(lines: Line[]): Line[] {
  let most = 0;
  for (const line of lines)
    for (const values of [line.y, line.band?.high ?? []])
      for (const value of values) if (Number.isFinite(value) && value > most) most = value;
  const floor = most * 10 ** -DECADES;
  const cut = (values: readonly number[]): number[] =>
    values.map((value) => (value < floor ? NaN : value));
  return lines.map((line) => ({
    ...line,
    y: cut(line.y),
    band: line.band && {
      low: line.band.low.map((value, lag) =>
        line.band!.high[lag] < floor ? NaN : Math.max(value, floor),
      ),
      high: cut(line.band.high),
    },
  }));
}

/** A share for each lag from 1 on: that of the link which leads there, from the step after. */
export function byLag(steps: number, at: (step: number) => number): { x: number[]; y: number[] } {
  const x = Array.from({ length: Math.max(steps - 1, 0) }, (_, place) => place + 1);
  return { x, y: x.map((lag) => at(steps - lag)) };
}
