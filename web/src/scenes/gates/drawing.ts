// Where everything in the diagram of a cell stands: a list of wires, valves, curves and boxes for each cell.
import { item, shown } from '../../lib/numbers';
import type { Anatomy, Part } from './anatomy';

/** A line that a number flows along; NaN for one that carries several. */
export type Wire = readonly [
  d: string,
  value: number,
  most?: number,
  at?: readonly [x: number, y: number, anchor?: string],
];
export type Valve = readonly [
  x: number,
  y: number,
  name: string,
  value: number,
  held: boolean,
  side: 'above' | 'left' | 'right' | 'corner',
];
/** A sum, a sigmoid, a tanh. */
export type Curve = readonly [x: number, y: number, sign: string];
/** A number with its name, and the number at which its bar is full. */
export type Box = readonly [
  x: number,
  y: number,
  name: string,
  value: number | string,
  most?: number,
  mark?: 'held' | 'new',
];
export type Note = readonly [x: number, y: number, text: string, anchor: string];

export interface Drawing {
  height: number;
  wires: readonly Wire[];
  valves: readonly Valve[];
  curves: readonly Curve[];
  boxes: readonly Box[];
  notes: readonly Note[];
}

/** Draw a cell; `most` is the largest of its numbers that may exceed 1. */
export function drawing(a: Anatomy, most: number): Drawing {
  if (a.form === 'lstm') return lstm(a, most);
  return a.form === 'simple' ? simple(a, most) : gru(a);
}

const mark = (part: { held: boolean }): 'held' | undefined => (part.held ? 'held' : undefined);
const fresh = (held: boolean): 'held' | 'new' => (held ? 'held' : 'new');

/** Where the gates come from: the state before and what was read, along one line into a curve for each. */
function feet(
  a: Anatomy,
  at: readonly (readonly [part: Part, x: number])[],
  end: number,
): Pick<Drawing, 'wires' | 'curves' | 'boxes' | 'notes'> {
  return {
    wires: [
      [`M84 300 H96 V352 M84 376 H96 V352 H${end}`, NaN],
      ...at.map(([, x]): Wire => [`M${x} 352 V322`, NaN]),
    ],
    curves: at.map(([part, x]): Curve => [x, 310, part.curve]),
    boxes: [
      [46, 300, 'h before', a.hBefore],
      [46, 376, 'read', item(a.read)],
    ],
    notes: [
      ...at.map(([part, x]): Note => [x, 369, shown(part.sum, 2), 'middle']),
      [104, 389, 'sums, before their curves', 'start'],
    ],
  };
}

function lstm(a: Anatomy, most: number): Drawing {
  const { input, forget, candidate, output } = a.parts;
  const below = feet(
    a,
    [
      [forget, 124],
      [input, 170],
      [candidate, 222],
      [output, 272],
    ],
    272,
  );
  const squashed = Math.tanh(a.c);
  const added = input.value * candidate.value;
  return {
    height: 404,
    wires: [
      ...below.wires,
      ['M84 64 H111', a.cBefore, most],
      ['M137 64 H209', forget.value * a.cBefore, most, [176, 85]],
      ['M124 297 V81 M170 297 V136 H205 M272 297 V200 H279', NaN],
      ['M222 297 V210', candidate.value],
      ['M222 162 V149', candidate.value],
      ['M222 123 V77', added, most, [230, 100, 'start']],
      ['M235 64 H316 M296 64 V122', a.c, most],
      ['M296 148 V187', squashed, 1, [304, 166, 'start']],
      ['M296 213 V268 H316', a.h],
    ],
    valves: [
      [124, 64, 'forget', forget.value, forget.held, 'above'],
      [222, 136, 'input', input.value, input.held, 'left'],
      [296, 200, 'output', output.value, output.held, 'right'],
    ],
    curves: [...below.curves, [222, 64, '+'], [296, 135, 'tanh']],
    boxes: [
      ...below.boxes,
      [46, 64, 'c before', a.cBefore, most],
      [222, 186, 'candidate', candidate.value, 1, mark(candidate)],
      [354, 64, 'c', a.c, most, fresh(a.heldC)],
      [354, 268, 'h', a.h, 1, fresh(a.heldH)],
    ],
    notes: below.notes,
  };
}

function gru(a: Anatomy): Drawing {
  const { update, reset, candidate } = a.parts;
  const after = a.form === 'gru_after';
  const below = feet(
    a,
    [
      [update, 124],
      [reset, after ? 290 : 262],
    ],
    354,
  );
  const taken = (1 - update.value) * candidate.value;
  return {
    height: 404,
    wires: [
      ...below.wires,
      ['M84 64 H111', a.hBefore],
      ['M137 64 H209', update.value * a.hBefore, 1, [168, 84]],
      ['M124 297 V81 M124 136 H205', NaN],
      ['M222 176 V149', candidate.value],
      ['M222 123 V77', taken, 1, [230, 100, 'start']],
      ['M235 64 H316', a.h],
      ['M222 352 V267', candidate.rest, 1, [215, 322, 'end']],
      ['M222 241 V224', candidate.sum],
      ...(after
        ? ([
            ['M354 352 V278', NaN],
            ['M316 254 H303', a.product],
            ['M277 254 H235', candidate.byState, 1, [249, 274]],
            ['M290 297 V271', NaN],
          ] as const)
        : ([
            ['M354 352 V323', a.hBefore],
            ['M354 297 V264', reset.value * a.hBefore, 1, [362, 282, 'start']],
            ['M316 254 H235', candidate.byState],
            ['M275 310 H337', NaN],
          ] as const)),
    ],
    valves: [
      [124, 64, 'update', update.value, update.held, 'above'],
      [222, 136, '1 − update', 1 - update.value, update.held, 'right'],
      after
        ? [290, 254, 'reset', reset.value, reset.held, 'above']
        : [354, 310, 'reset', reset.value, reset.held, 'corner'],
    ],
    curves: [...below.curves, [222, 64, '+'], [222, 254, '+']],
    boxes: [
      ...below.boxes,
      [46, 64, 'h before', a.hBefore],
      [222, 200, 'candidate', candidate.value, 1, mark(candidate)],
      [354, 64, 'h', a.h, 1, fresh(a.heldH)],
      after ? [354, 254, 'through U', a.product] : [354, 240, 'through U', candidate.byState],
    ],
    notes: below.notes,
  };
}

function simple(a: Anatomy, most: number): Drawing {
  const { state } = a.parts;
  return {
    height: 196,
    wires: [
      ['M84 60 H114', a.hBefore],
      ['M190 60 H229', state.byState, most],
      ['M84 160 H114', NaN],
      ['M190 160 H242 V73', state.rest, most],
      ['M255 60 H270', state.sum, most, [262, 32]],
      ['M310 60 H322', a.h],
    ],
    valves: [],
    curves: [
      [242, 60, '+'],
      [290, 60, state.curve],
    ],
    boxes: [
      [46, 60, 'h before', a.hBefore],
      [152, 60, 'through U', state.byState, most],
      [46, 160, 'read', item(a.read)],
      [152, 160, 'through W', state.rest, most],
      [360, 60, 'h', a.h, 1, fresh(a.heldH)],
    ],
    notes: [],
  };
}
