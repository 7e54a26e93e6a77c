// Where numbers stand along an axis. d3-scale does as much and more, at 9 kB of the page's 120.
import { ticks } from 'd3-array';

export interface Axis {
  /** The pixel of a number; beyond the ends, the end. */
  at: (value: number) => number;
  /** The number at a pixel. */
  value: (pixel: number) => number;
  /** Round numbers, about so many; of a logarithmic axis powers of ten. */
  ticks: (count: number) => number[];
}

type Ends = readonly [number, number];

export function linear([least, most]: Ends, [first, last]: Ends): Axis {
  return {
    at: (value) =>
      first + (clamped(value, least, most) - least) * ((last - first) / (most - least)),
    value: (pixel) => least + (pixel - first) * ((most - least) / (last - first)),
    ticks: (count) => ticks(least, most, count),
  };
}

export function logarithmic([least, most]: Ends, pixels: Ends): Axis {
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const inner = linear([low, high], pixels);
  return {
    at: (value) => inner.at(value > 0 ? Math.log10(value) : low),
    value: (pixel) => 10 ** inner.value(pixel),
    ticks: (count) => {
      const every = Math.max(1, Math.ceil((high - low) / count));
      const found = [];
      for (let power = every * Math.ceil(low / every); power <= high; power += every)
        found.push(Number(`1e${power}`));
      return found;
    },
  };
}

function clamped(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
