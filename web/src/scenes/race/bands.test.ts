import { expect, test } from 'vitest';
import { band, bandTable } from './bands';

test('a band is the middle, the lowest and the highest of the lanes, as far as all have come', () => {
  const x = [1, 2, 3, 4];
  const found = band(
    [
      { x, y: [1, 2, 3, 4] },
      { x, y: [5, 5, 5] as number[] },
      { x: x.slice(0, 3), y: [0, 9, 4] },
    ].map(({ x: across, y }) => ({ x: across.slice(0, y.length), y })),
    10,
  );
  expect(found).toEqual({ x: [1, 2, 3], middle: [1, 5, 4], low: [0, 2, 3], high: [5, 9, 5] });
});

test('where there are more updates than places, means stand for those between', () => {
  const x = [1, 2, 3, 4, 5];
  const found = band([{ x, y: [1, 3, 5, 7, 9] }], 3);
  expect(found.x).toEqual([2, 4, 5]);
  expect(found.middle).toEqual([2, 6, 9]);
});

test('no updates make no band', () => {
  expect(band([], 10).x).toEqual([]);
  expect(band([{ x: [], y: [] }], 10).x).toEqual([]);
});

test('the table has a row for each update of the first line, empty where another has not come so far', () => {
  const lines = [
    { name: 'LSTM', band: band([{ x: [1, 2], y: [5, 6] }], 10) },
    { name: 'GRU', band: band([{ x: [1], y: [7] }], 10) },
  ];
  expect(bandTable(lines)).toEqual({
    columns: [
      'update',
      'LSTM',
      'LSTM, lowest',
      'LSTM, highest',
      'GRU',
      'GRU, lowest',
      'GRU, highest',
    ],
    rows: [
      [1, 5, 5, 5, 7, 7, 7],
      [2, 6, 6, 6, null, null, null],
    ],
  });
  expect(bandTable([]).rows).toEqual([]);
});
