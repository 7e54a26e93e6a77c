// Where the parts of an unrolled network stand: columns are steps, rows from the loss down to what is read.
import { item } from '../../lib/numbers';
import type { PatternLane, PatternUnrolled } from '../../lib/types';

export const CHAIN = 34;
export const BOX = 25;
export const POOL = 78;
export const MEAN = 112;
/** From the top of a lane. */
export const ROWS = { title: 15, loss: 36, right: 60, says: 84, chains: 106 } as const;
const GUTTER = 86;
const PICTURE = 108;
const GAP = 44;

/** Columns on one side: how many, how wide, and where the first one begins. */
export interface Side {
  steps: number;
  wide: number;
  start: number;
}

export interface Layout {
  reads: Side;
  writes: Side;
  /** The side at which answers stand, and the cursor. */
  answers: Side;
  /** Middle of what makes one vector of all steps, of the answer that comes at the end, and of the mean. */
  poolX: number;
  endX: number;
  meanX: number;
  picture: number;
  readY: number;
  lane: number;
  width: number;
  height: number;
}

export const middle = (side: Side, step: number): number => side.start + (step + 0.5) * side.wide;

export function layoutOf(found: PatternUnrolled): Layout {
  const fits = (texts: readonly string[]): number =>
    Math.max(44, Math.min(116, 8.2 * Math.max(...texts.map((each) => item(each).length)) + 14));
  const decodes = found.output_kind === 'decoder';
  const answers = found.lanes.flatMap((each) => [
    ...each.answers,
    ...each.right.map((right, place) => (right === each.answers[place] ? right : `≠ ${right}`)),
  ]);
  const read = found.lanes.flatMap((each) => each.read);
  const fed = found.lanes.flatMap((each) => each.fed);
  const reads = {
    steps: found.read_steps,
    wide: fits(found.output_kind === 'step' ? [...read, ...answers] : ['', ...read]),
    start: GUTTER,
  };
  const readEnd = GUTTER + (found.lanes[0].picture ? PICTURE : reads.steps * reads.wide);
  const writes = {
    steps: found.write_steps,
    wide: fits(['', ...fed, ...(decodes ? answers : [])]),
    start: readEnd + (decodes ? GAP : 0),
  };
  const writeEnd = writes.start + writes.steps * writes.wide;
  const poolX = writeEnd + 12 + POOL / 2;
  const endX = poolX + POOL / 2 + 40;
  const meanX = (found.output_kind === 'end' ? endX + 26 : writeEnd) + 16 + MEAN / 2;
  const readY = ROWS.chains + chainsOf(found) * CHAIN + 6;
  const lane = readY + BOX + (found.lanes[0].picture ? 22 : 14);
  return {
    reads,
    writes,
    answers: decodes ? writes : reads,
    poolX,
    endX,
    meanX,
    picture: Math.min(PICTURE - 12, lane - 34),
    readY,
    lane,
    width: meanX + MEAN / 2 + 6,
    height: lane * found.lanes.length,
  };
}

/** Rows of states: as many as the side with more of them has. */
export function chainsOf(found: PatternUnrolled): number {
  return Math.max(...found.lanes.map((each) => Math.max(each.reading.length, each.writing.length)));
}

/** Top of a chain's boxes, counted from the lowest. */
export function chainY(found: PatternUnrolled, chain: number): number {
  return ROWS.chains + (chainsOf(found) - 1 - chain) * CHAIN;
}

/** Steps of a lane that are no padding, on the side of its answers. */
export function ownSteps(found: PatternUnrolled, lane: PatternLane): number {
  return found.output_kind === 'decoder' ? lane.fed.length : lane.read.length;
}
