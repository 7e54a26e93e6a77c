// One unit at one step, taken apart: every number that the diagram and the arithmetic beside it show.
import type { GatesAnswer } from '../../lib/types';
import { shown } from '../../lib/numbers';
import type { Table } from '../../lib/table';

export type Form = 'simple' | 'lstm' | 'gru_after' | 'gru_before';

/** A gate, a candidate, or of a simple cell the state itself: a sum and what its curve makes of it. */
export interface Part {
  name: string;
  /** What comes from the state before, and the rest: from what was read and the bias. */
  byState: number;
  rest: number;
  sum: number;
  value: number;
  curve: string;
  held: boolean;
}

export interface Anatomy {
  form: Form;
  read: string;
  parts: Record<string, Part>;
  hBefore: number;
  h: number;
  heldH: boolean;
  cBefore: number;
  c: number;
  heldC: boolean;
  /** What the reset gate scales, of a GRU that resets after its product. */
  product: number;
  unit: number;
  step: number;
}

/** A line of arithmetic: what it gives, in letters, in numbers, and the result. */
export interface Line {
  name: string;
  letters: string;
  numbers: readonly string[];
  result: number;
  held: boolean;
}

const FORMS: Record<string, Form> = {
  lstm: 'lstm',
  gru_reset_after: 'gru_after',
  gru_reset_before: 'gru_before',
};

/** Take a unit apart; `which` is the layer's place among those of the answer. */
export function anatomy(answer: GatesAnswer, which: number, step: number, unit: number): Anatomy {
  const layer = answer.trace.layers[which];
  const inside = answer.cells[which];
  const form = FORMS[layer.cell] ?? 'simple';
  const { gate_names: names } = layer;
  const held = (place: number): boolean => (inside.held?.at(step, place, unit) ?? 0) > 0;
  const activation = layer.cell.split('_').pop()!;
  const parts: Record<string, Part> = {};
  const sums = names.length > 0 ? names : ['state'];
  sums.forEach((name, place) => {
    const sum = layer.preactivations.at(step, place, unit);
    const byState = inside.by_state.at(step, place, unit);
    const own = names.length > 0;
    parts[name] = {
      name,
      byState,
      rest: sum - byState,
      sum,
      value: own ? layer.gates.at(step, place, unit) : layer.h.at(step, unit),
      curve: !own ? activation : name === 'candidate' ? 'tanh' : 'σ',
      held: own && held(place),
    };
  });
  return {
    form,
    read: layer.items[step] ?? '',
    parts,
    hBefore: inside.h_before.at(step, unit),
    h: layer.h.at(step, unit),
    heldH: held(names.length),
    cBefore: inside.c_before?.at(step, unit) ?? NaN,
    c: layer.c?.at(step, unit) ?? NaN,
    heldC: held(names.length + 1),
    product: inside.product?.at(step, unit) ?? NaN,
    unit,
    step,
  };
}

/** `a + b` as it is written, where b may be negative. */
export function sum(one: number, other: number): string {
  return other < 0 ? `${shown(one)} − ${shown(-other)}` : `${shown(one)} + ${shown(other)}`;
}

/** What the new states are made of, line by line. */
export function lines(a: Anatomy): Line[] {
  const { input, forget, output, update, candidate, state } = a.parts;
  if (a.form === 'lstm') {
    const [kept, added] = [forget.value * a.cBefore, input.value * candidate.value];
    return [
      {
        name: 'c',
        letters: 'forget × c before + input × candidate',
        numbers: [
          `${shown(forget.value)} × ${shown(a.cBefore)} + ${shown(input.value)} × ${shown(candidate.value)}`,
          sum(kept, added),
        ],
        result: a.c,
        held: a.heldC,
      },
      {
        name: 'h',
        letters: 'output × tanh(c)',
        numbers: [
          `${shown(output.value)} × tanh(${shown(a.c)})`,
          `${shown(output.value)} × ${shown(Math.tanh(a.c))}`,
        ],
        result: a.h,
        held: a.heldH,
      },
    ];
  }
  if (a.form === 'simple')
    return [
      {
        name: 'h',
        letters: `${state.curve}(from h before + from what was read)`,
        numbers: [
          `${state.curve}(${sum(state.byState, state.rest)})`,
          `${state.curve}(${shown(state.sum)})`,
        ],
        result: a.h,
        held: a.heldH,
      },
    ];
  const [kept, taken] = [update.value * a.hBefore, (1 - update.value) * candidate.value];
  return [
    {
      name: 'h',
      letters: 'update × h before + (1 − update) × candidate',
      numbers: [
        `${shown(update.value)} × ${shown(a.hBefore)} + ${shown(1 - update.value)} × ${shown(candidate.value)}`,
        sum(kept, taken),
      ],
      result: a.h,
      held: a.heldH,
    },
  ];
}

/** Everything with its name. */
export function anatomyTable(a: Anatomy): Table {
  const rows: [string, string | number][] = [
    ['read', a.read],
    ['h before', a.hBefore],
  ];
  if (a.form === 'lstm') rows.push(['c before', a.cBefore]);
  for (const part of Object.values(a.parts)) {
    rows.push([`${part.name}, from h before`, part.byState]);
    rows.push([`${part.name}, from what was read and the bias`, part.rest]);
    rows.push([`${part.name}, before the ${part.curve}`, part.sum]);
    if (part.name !== 'state') rows.push([part.name, part.value]);
  }
  if (a.form === 'gru_after') rows.push(['h before through the kernel', a.product]);
  if (a.form === 'lstm') rows.push(['c', a.c], ['tanh c', Math.tanh(a.c)]);
  rows.push(['h', a.h]);
  return { columns: ['what', `unit ${a.unit} at step ${a.step}`], rows };
}

/** What happens to the unit, in two sentences. */
export function sentences(a: Anatomy): string[] {
  const { input, forget, output, update, reset, candidate, state } = a.parts;
  const whole = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;
  const where = `At step ${a.step} unit ${a.unit}`;
  const heldNames = Object.values(a.parts)
    .filter((part) => part.held)
    .map((part) => part.name);
  if (a.heldC) heldNames.push('cell state');
  if (a.heldH) heldNames.push('state');
  const held = heldNames.length > 0 ? [`Held here: ${heldNames.join(', ')}.`] : [];
  if (a.form === 'lstm') {
    const added = input.value * candidate.value;
    return [
      `${where} keeps ${whole(forget.value)} of its cell state ${shown(a.cBefore)} and ${added < 0 ? 'takes away' : 'adds'} ${shown(Math.abs(added))}, ${whole(input.value)} of its candidate ${shown(candidate.value)}.`,
      `It shows ${whole(output.value)} of the tanh of what it holds: h goes from ${shown(a.hBefore)} to ${shown(a.h)}.`,
      ...held,
    ];
  }
  if (a.form === 'simple') {
    const more = Math.abs(state.byState) > Math.abs(state.rest);
    return [
      `${where} is written anew, from ${shown(a.hBefore)} to ${shown(a.h)}.`,
      `More of it comes from ${more ? 'the states before' : 'what was read and the bias'}: ${shown(more ? state.byState : state.rest)} against ${shown(more ? state.rest : state.byState)}.`,
      ...held,
    ];
  }
  return [
    `${where} keeps ${whole(update.value)} of its state ${shown(a.hBefore)} and takes ${whole(1 - update.value)} of its candidate ${shown(candidate.value)}: h becomes ${shown(a.h)}.`,
    a.form === 'gru_after'
      ? `The reset gate lets ${whole(reset.value)} of what comes from the states before, ${shown(a.product)}, into the candidate.`
      : `The reset gate lets ${whole(reset.value)} of this unit’s state into the candidates of all units.`,
    ...held,
  ];
}
