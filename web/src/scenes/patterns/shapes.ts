// An unrolled network as shapes: boxes, lines and words, each with the name of its look.
import { item, shown } from '../../lib/numbers';
import type { PatternChain, PatternLane, PatternUnrolled } from '../../lib/types';
import { path } from './ink';
import { BOX, chainY, middle, ownSteps, POOL, ROWS, type Layout, type Side } from './layout';

export type Shape =
  | { look: string; d: string; wide?: number; strong?: number }
  | { look: string; text: string; x: number; y: number; start?: boolean }
  | { look: string; x: number; y: number; w: number; h: number; strong?: number };

const POOLED: Record<string, string> = {
  last: 'at the end',
  max: 'largest',
  mean: 'mean',
  attention: 'weighed',
};
const HEAD = 'm-5 -3l5 3l-5 3';

/** Everything of a lane that does not depend on the cursor. */
export function laneShapes(
  found: PatternUnrolled,
  lane: PatternLane,
  at: Layout,
  own: boolean,
): Shape[] {
  const all: Shape[] = [];
  const label = (text: string, x: number, y: number): number =>
    all.push({ look: 'label', text, x, y, start: true });
  label('loss, nats', 4, ROWS.loss);
  label('right', 4, ROWS.right);
  label('likeliest', 4, ROWS.says);
  all.push({
    look: 'title',
    text: `${own ? 'yours' : 'beside it'}: ${lane.title}`,
    x: 4,
    y: ROWS.title,
    start: true,
  });
  const chains = lane.reading.length > 0 ? lane.reading : lane.writing;
  chains.forEach((chain, place) => {
    const layer = Number(chain.name.match(/\d+$/)?.[0] ?? 0) + 1;
    const several = new Set(chains.map((each) => each.name)).size > 1;
    label(
      `state${several ? ` ${layer}` : ''} ${chain.direction === 'forward' ? '→' : '←'}`,
      4,
      chainY(found, place) + BOX / 2 + 4,
    );
  });
  if (lane.picture !== null) {
    const size = at.picture;
    all.push({ look: 'sheet', x: at.reads.start, y: 26, w: size, h: size });
    all.push({
      look: 'ink',
      d: path(lane.picture, at.reads.start, 26, size / lane.picture.shape[0]),
    });
  } else {
    label('read', 4, at.readY + BOX / 2 + 4);
    const up =
      found.output_kind === 'step' ? ROWS.says + 5 : chainY(found, lane.reading.length - 1);
    all.push(...inputs(lane.read, at.reads, at.readY, up, 'item'));
  }
  if (found.output_kind === 'end') all.push(...pooling(found, lane, at));
  lane.reading.forEach((chain, place) =>
    all.push(...states(chain, lane.read.length, at.reads, chainY(found, place))),
  );
  if (found.output_kind === 'decoder') {
    label('decoder, fed what is right', at.writes.start, ROWS.title);
    const from = lane.picture !== null ? at.reads.start + at.picture : at.writes.start - 42;
    all.push({
      look: 'bridge',
      d: `M${from + 3} ${chainY(found, 0) + BOX / 2}H${at.writes.start + 3}${HEAD}`,
    });
    all.push(...inputs(lane.fed, at.writes, at.readY, ROWS.says + 5, 'item fed'));
    lane.writing.forEach((chain, place) =>
      all.push(...states(chain, lane.fed.length, at.writes, chainY(found, place))),
    );
  }
  return [...all, ...answers(found, lane, at, own)];
}

/** What moves with the cursor: its column, and where the decoder looks at that step. */
export function cursorShapes(
  found: PatternUnrolled,
  lane: PatternLane,
  at: Layout,
  step: number,
): Shape[] {
  if (step >= ownSteps(found, lane)) return [];
  const side = at.answers;
  const all: Shape[] = [
    {
      look: 'cursor',
      x: side.start + step * side.wide + 1,
      y: ROWS.loss - 15,
      w: side.wide - 2,
      h: at.readY + BOX + 19 - ROWS.loss,
    },
  ];
  const look = lane.attention?.below(step).toArray() ?? [];
  const across = Math.round(Math.sqrt(look.length));
  const each = at.picture / across;
  const to = `${middle(side, step) - side.wide / 4} ${chainY(found, lane.writing.length - 1)}`;
  const top = chainY(found, lane.reading.length - 1);
  look.forEach((share, part) => {
    if (lane.picture !== null)
      all.push({
        look: 'seen',
        x: at.reads.start + (part % across) * each + 1,
        y: 27 + Math.floor(part / across) * each,
        w: each - 2,
        h: each - 2,
        strong: 0.6 * share,
      });
    else {
      const x = middle(at.reads, part);
      all.push({
        look: 'look',
        d: `M${x} ${top}C${x} ${top - 70} ${to.split(' ')[0]} ${top - 60} ${to}`,
        wide: 0.4 + 5 * share,
        strong: Math.min(1, 0.12 + share),
      });
    }
  });
  return all;
}

function inputs(
  items: readonly string[],
  side: Side,
  y: number,
  up: number,
  look: string,
): Shape[] {
  return Array.from({ length: side.steps }, (_, step): Shape[] => {
    const x = middle(side, step);
    const box = { x: x - side.wide / 2 + 5, y, w: side.wide - 10, h: BOX };
    if (step >= items.length) return [{ look: 'padding', ...box }];
    return [
      { look: 'flow', d: `M${x} ${y}V${up}` },
      { look, ...box },
      { look: 'mono', text: item(items[step]), x, y: y + BOX / 2 + 4 },
    ];
  }).flat();
}

function states(chain: PatternChain, own: number, side: Side, y: number): Shape[] {
  const forward = chain.direction === 'forward';
  return Array.from({ length: side.steps }, (_, step): Shape[] => {
    const x = middle(side, step);
    const box = { x: x - side.wide / 2 + 5, y, w: side.wide - 10, h: BOX };
    if (step >= own) return [{ look: 'padding', ...box }];
    const size = chain.sizes.at(step);
    const line = y + BOX / 2;
    const arrow = forward
      ? `M${box.x - 10} ${line}h9${HEAD}`
      : `M${box.x} ${line}h-9m5 -3l-5 3l5 3`;
    return [
      ...(step > 0 ? [{ look: 'arrow', d: arrow }] : []),
      { look: 'state', ...box },
      { look: 'fill', ...box, strong: 0.08 + 0.42 * Math.min(1, size) },
      { look: 'number', text: shown(size, 2), x, y: line + 4 },
    ];
  }).flat();
}

function pooling(found: PatternUnrolled, lane: PatternLane, at: Layout): Shape[] {
  const last = lane.read.length - 1;
  const y = ROWS.says - 4;
  const pool = at.poolX - POOL / 2;
  const from = (step: number, chain: number): string =>
    `M${middle(at.reads, step)} ${chainY(found, chain)}V${y}H${pool - 2}`;
  const top = lane.reading.length - 1;
  const lines =
    found.pooling === 'last'
      ? lane.reading
          .slice(-2)
          .map((chain) =>
            from(chain.direction === 'forward' ? last : 0, lane.reading.indexOf(chain)),
          )
      : lane.read.map((_, step) => from(step, top));
  return [
    ...lines.map((d) => ({ look: 'arrow', d })),
    { look: 'arrow', d: `M${pool - 2} ${y}${HEAD}M${pool + POOL} ${y}H${at.endX - 22}` },
    { look: 'item', x: pool, y: y - BOX / 2, w: POOL, h: BOX },
    { look: 'number', text: POOLED[found.pooling ?? 'last'], x: at.poolX, y: y + 4 },
  ];
}

function answers(found: PatternUnrolled, lane: PatternLane, at: Layout, own: boolean): Shape[] {
  const atEnd = found.output_kind === 'end';
  const side = at.answers;
  const x = (place: number): number => (atEnd ? at.endX : middle(side, place));
  const words = lane.answers.flatMap((answer, place): Shape[] => {
    const right = lane.right[place];
    const missed = answer !== right && lane.counts[place];
    const loss = lane.counts[place] ? shown(lane.losses.at(place), 3) : '–';
    return [
      { look: 'mono says', text: item(answer), x: x(place), y: ROWS.says },
      {
        look: missed ? 'mono missed' : 'mono',
        text: `${missed ? '≠ ' : ''}${item(right)}`,
        x: x(place),
        y: ROWS.right,
      },
      { look: 'number', text: loss, x: x(place), y: ROWS.loss },
    ];
  });
  const empty = atEnd ? 0 : side.steps - lane.answers.length;
  const padding = Array.from({ length: empty }, (_, place): Shape => {
    const left = side.start + (lane.answers.length + place) * side.wide + 5;
    return { look: 'padding', x: left, y: ROWS.loss - 13, w: side.wide - 10, h: 66 };
  });
  const start = atEnd ? at.endX - 22 : side.start + 5;
  const sum = `M${start} ${ROWS.loss + 6}H${at.meanX}V${own ? at.lane : 0}`;
  return [...words, ...padding, { look: 'sum', d: sum }];
}
