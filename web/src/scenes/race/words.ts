// What is said of a race, from its numbers.
import type { Line } from '../../lib/pictures/LineChart.svelte';
import { count, shown } from '../../lib/numbers';
import type { JobEvent, Race, Scale } from '../../lib/types';
import type { Live } from './LiveChart.svelte';
import type { Lane, RaceWatch } from './race.svelte';

export const NAMES = { simple_rnn: 'SimpleRNN', lstm: 'LSTM', gru: 'GRU' };

function last<Value>(values: readonly Value[]): Value {
  return values[values.length - 1];
}

/** A race in words, as the controls may say something else by now. */
export function described({ problem, steps, units, seeds, updates }: Race): string {
  const task =
    problem === 'text'
      ? 'a text'
      : problem === 'copy'
        ? `copy memory over ${steps} blanks`
        : `the adding problem over ${steps} steps`;
  return `${task}, ${units} units, ${seeds === 1 ? 'one seed' : `${seeds} seeds`}, ${updates} updates`;
}

/** How it stands with a race. */
export function standing(job: JobEvent): string {
  return {
    waiting: `waits, place ${job.position ?? '–'} in the queue`,
    running: 'is running',
    paused: 'is paused',
    done: 'is done',
    stopped: 'was stopped',
    failed: 'failed',
  }[job.state];
}

export function lossSentences(losses: readonly Live[]): string[] {
  const begun = losses.filter(({ band }) => band.middle.length > 0);
  if (begun.length === 0)
    return [
      'The first update is on its way.',
      'Loss is measured on each batch before it is learned.',
    ];
  const best = begun.reduce((one, other) =>
    last(other.band.middle) < last(one.band.middle) ? other : one,
  );
  const [begin, end] = [best.band.middle[0], last(best.band.middle)];
  return [
    `At update ${last(best.band.x)} the lowest loss is that of ${best.name}, ${shown(end, 3)}.`,
    `It began at ${shown(begin, 3)}, so it is ${shown(begin / end, 3)} times smaller now.`,
  ];
}

/** `said` is what the server says of the scores first. */
export function scoreSentences(said: readonly string[], scale: Scale | null): string[] {
  if (said.length === 0)
    return ['No score has been taken yet.', 'The first one comes after some updates.'];
  if (scale === null) return [said[0]];
  return [
    said[0],
    `Who remembers nothing (${scale.baseline_name}) scores ${shown(scale.baseline)}; less is better.`,
  ];
}

export function flowSentences(said: readonly string[], flows: readonly Line[]): string[] {
  if (said.length < 2 || flows.length === 0)
    return ['No gradient has been looked at yet.', 'The first look comes with the first score.'];
  const shares = flows.map(({ name, y }) => `${shown(last(y) / y[0], 3)} in ${name}`);
  return [
    ...said.slice(1),
    `Of the gradient at lag 0, what is left at the furthest lag, ${flows[0].x.length - 1}, is ${shares.join(', ')}.`,
  ];
}

export function speedSentences(watch: RaceWatch): string[] {
  const speeds = (Object.keys(NAMES) as Lane['cell'][])
    .flatMap((cell) => {
      const own = watch
        .ofCell(cell)
        .filter((curve) => curve.updates.length > 0 && curve.seconds > 0);
      const made = own.reduce((sum, curve) => sum + last(curve.updates), 0);
      const seconds = own.reduce((sum, curve) => sum + curve.seconds, 0);
      return made > 0 ? [{ name: NAMES[cell], rate: made / seconds }] : [];
    })
    .sort((one, other) => other.rate - one.rate);
  if (speeds.length === 0)
    return ['No update has been made yet.', 'Times are those of the updates alone.'];
  const [first, slowest] = [speeds[0], last(speeds)];
  const times =
    speeds.length > 1
      ? `, ${shown(first.rate / slowest.rate, 3)} times as many as ${slowest.name}`
      : '';
  const sizes = [...new Set(watch.lanes.map((lane) => count(lane.parameters)))];
  return [
    `${first.name} makes ${shown(first.rate, 3)} updates a second${times}.`,
    `The lanes have ${sizes.join(', ')} parameters.`,
  ];
}
