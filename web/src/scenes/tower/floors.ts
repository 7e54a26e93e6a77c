// Finding one's way in a tower, and its gradients as pictures.
import type { Line } from '../../lib/pictures/LineChart.svelte';
import type { Scale } from '../../lib/colours';
import { Tensor } from '../../lib/tensor';
import type { Floor, Tower } from '../../lib/types';

/** Powers of ten that a picture shows below its largest value. */
export const DECADES = 12;

export function nameOf(floor: Floor, tower: Tower): string {
  const both = tower.floors.some((each) => each.direction === 'backward');
  return `layer ${floor.layer + 1}${both ? ` ${floor.direction}` : ''}`;
}

/** The floor at the cursor: of another direction where it has not the one asked for. */
export function floorAt(tower: Tower, layer: number, direction: string): Floor {
  const highest = Math.max(...tower.floors.map((each) => each.layer));
  const own = tower.floors.filter((each) => each.layer === Math.min(layer, highest));
  return own.find((each) => each.direction === direction) ?? own[0];
}

/** The same floor of another tower. */
export function twinOf(floor: Floor, other: Tower): Floor | undefined {
  return other.floors.find(
    (each) => each.layer === floor.layer && each.direction === floor.direction,
  );
}

/** Powers of ten of the gradients (T, L), one column for each floor; NaN where there is none. */
export function powers(floors: readonly Floor[], steps: number): Tensor {
  const found = new Float32Array(steps * floors.length);
  for (let step = 0; step < steps; step++)
    floors.forEach((floor, row) => {
      const size = floor.gradient.at(step);
      found[step * floors.length + row] = size > 0 ? Math.log10(size) : NaN;
    });
  return new Tensor([steps, floors.length], found);
}

export function powerScale(values: Tensor): Scale {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values.data)
    if (Number.isFinite(value)) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (least > most) return { kind: 'sequential', least: -1, most: 0 };
  return {
    kind: 'sequential',
    least: Math.max(least, most - DECADES),
    most: most > least ? most : least + 1,
  };
}

/** The gradient by lag: from the step that counts back, as the layer reads. */
export function lagLine(floor: Floor, name: string, style?: number): Line {
  const places = floor.lags
    .map((lag, step) => ({ lag, size: floor.gradient.at(step) }))
    .filter(({ lag }) => lag >= 0)
    .sort((one, other) => one.lag - other.lag);
  return {
    name,
    style,
    x: places.map(({ lag }) => lag),
    y: places.map(({ size }) => size),
  };
}

export function stepAt(floor: Floor, lag: number): number {
  return floor.lags.indexOf(lag);
}
