// Finding one's way in the layers of an answer.
import type { LayerAnswer, TraceAnswer } from './types';

/** The names of the recurrent layers, each once, in the order in which they ran. */
export function layerNames(answer: TraceAnswer): string[] {
  return [...new Set(answer.layers.map((each) => each.name))];
}

/** The layer at the cursor: of another direction where it has not the one asked for. */
export function layerAt(
  answer: TraceAnswer | undefined,
  layer: number,
  direction: string,
): LayerAnswer | undefined {
  if (answer === undefined) return undefined;
  const names = layerNames(answer);
  const name = names[Math.min(layer, names.length - 1)];
  const own = answer.layers.filter((each) => each.name === name);
  return own.find((each) => each.direction === direction) ?? own[0];
}

/** The largest absolute value, at least a little. */
export function largest(values: ArrayLike<number>): number {
  let most = 1e-6;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > most) most = size;
  }
  return most;
}
