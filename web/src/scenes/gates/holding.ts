// What is held, as it stands in the address: `forget=0@3-/5` is the forget gate of unit 5 shut from step 3 on.
import type { Hold } from '../../lib/types';

export interface Holding {
  name: Hold['name'];
  value: number;
  /** The step, or the first one; null for all. */
  step: number | null;
  /** Whether it goes on after that step. */
  on: boolean;
  /** null for all. */
  unit: number | null;
  /** The layer's place. */
  layer: number;
}

const FORM = /^([a-z]+)=(-?[\d.]+)@(?:\*|(\d+)(-?))(?:\/(\d+))?(?:~(\d+))?$/;

export function parse(text: string): Holding | undefined {
  const found = FORM.exec(text);
  if (found === null || !Number.isFinite(Number(found[2]))) return undefined;
  return {
    name: found[1] as Hold['name'],
    value: Number(found[2]),
    step: found[3] === undefined ? null : Number(found[3]),
    on: found[4] === '-',
    unit: found[5] === undefined ? null : Number(found[5]),
    layer: Number(found[6] ?? 0),
  };
}

export function write({ name, value, step, on, unit, layer }: Holding): string {
  const where = step === null ? '*' : `${step}${on ? '-' : ''}`;
  return `${name}=${value}@${where}${unit === null ? '' : `/${unit}`}${layer === 0 ? '' : `~${layer}`}`;
}

/** As the server is asked; undefined where the cell has no such gate, or the place is outside. */
export function asked(
  holding: Holding,
  gates: readonly string[],
  steps: number,
  units: number,
  layers: number,
): Hold | undefined {
  const { name, value, step, on, unit, layer } = holding;
  if (!gates.includes(name) || (step ?? 0) >= steps || (unit ?? 0) >= units || layer >= layers)
    return undefined;
  const last = on ? steps - 1 : (step ?? 0);
  return {
    name,
    value,
    steps:
      step === null ? null : Array.from({ length: last - step + 1 }, (_, place) => step + place),
    units: unit === null ? null : [unit],
    layer: `rnn_${layer}`,
  };
}

export function said({ name, step, on, unit, layer }: Holding, layers: number): string {
  const what = name === 'hidden' ? 'state h' : name === 'cell' ? 'cell state c' : name;
  const when = step === null ? 'everywhere' : on ? `from step ${step} on` : `at step ${step}`;
  const where = unit === null ? 'all units' : `unit ${unit}`;
  return `${what}, ${when}, ${where}${layers > 1 ? `, layer ${layer}` : ''}`;
}
