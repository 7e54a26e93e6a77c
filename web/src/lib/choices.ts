// Names for the parts of a question that the generated types leave without one.
import type { TraceAsked } from './types';

export type ModelChoice = TraceAsked['model'];
export type Input = TraceAsked['input'];

/** The cells, as options of a `Choice`. */
export const CELLS = [
  { value: 'simple_rnn', name: 'SimpleRNN' },
  { value: 'lstm', name: 'LSTM' },
  { value: 'gru', name: 'GRU' },
] as const;

/** How weights start, as options of a `Choice`. */
export const STARTS = [
  { value: 'keras', name: 'Keras’s' },
  { value: 'pytorch', name: 'PyTorch’s' },
] as const;

/** The id under which a letter model of this form ships, if one does. */
export function lettersId(form: { cell: string; units: number; layers: number }): string {
  return `letters-${form.cell}-${form.units}${form.layers > 1 ? `x${form.layers}` : ''}`;
}
