// The unrolled network as a table: a row for each step of each input, padding included.
import type { Entry, Table } from '../../lib/table';
import type { PatternChain, PatternUnrolled } from '../../lib/types';

const named = (each: PatternChain): string =>
  `${each.name}${each.direction === 'backward' ? ' backward' : ''}`;

export function lanesTable(found: PatternUnrolled): Table {
  const chains = found.lanes[0].reading.concat(found.lanes[0].writing).map(named);
  const rows: Entry[][] = [];
  for (const lane of found.lanes) {
    for (const side of ['read', 'write'] as const) {
      const steps = side === 'read' ? found.read_steps : found.write_steps;
      const items = side === 'read' ? lane.read : lane.fed;
      const own = side === 'read' ? lane.reading : lane.writing;
      const answers = (side === 'write') === (found.output_kind === 'decoder');
      for (let step = 0; step < steps; step++) {
        const sizes = chains.map((name): Entry => {
          const chain = own.find((each) => named(each) === name);
          return chain === undefined ? null : chain.sizes.at(step);
        });
        // The one answer of many to one stands at the last step.
        const place = found.output_kind === 'end' ? step - items.length + 1 : step;
        const has = answers && step < items.length && place >= 0 && place < lane.right.length;
        rows.push([
          lane.title,
          side,
          step,
          items[step] ?? 'padding',
          ...sizes,
          has ? lane.answers[place] : null,
          has ? lane.right[place] : null,
          has ? lane.shares.at(place) : null,
          has ? lane.losses.at(place) : null,
        ]);
      }
    }
  }
  return {
    columns: [
      'input',
      'side',
      'step',
      'item',
      ...chains,
      'likeliest',
      'right',
      'probability of right',
      'loss',
    ],
    rows,
  };
}
