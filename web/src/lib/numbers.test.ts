import { expect, test } from 'vitest';
import { level } from './colours';
import { percent, shown } from './numbers';
import { csv, entry } from './table';

test('numbers are shown with four digits, small and large ones with a power of ten', () => {
  expect([0, 1, -0.123456, 1234.56, 0.00012345, 12345678].map((each) => shown(each))).toEqual([
    '0',
    '1',
    '−0.1235',
    '1235',
    '1.234e−4',
    '1.235e7',
  ]);
  expect([NaN, null, Infinity].map((each) => shown(each))).toEqual(['–', '–', '∞']);
});

test('a share that is not all or nothing is not called so', () => {
  expect([0, 0.0004, 0.5, 0.99991, 1].map(percent)).toEqual([
    '0 %',
    '<0.1 %',
    '50 %',
    '>99.9 %',
    '100 %',
  ]);
});

test('saved tables keep all digits and quote what needs it', () => {
  expect(
    csv({
      columns: ['a', 'b'],
      rows: [
        ['x,"y"', 0.1234567],
        ['', NaN],
      ],
    }),
  ).toBe('a,b\n"x,""y""",0.1234567\n,\n');
  expect([1, 0.12345, null, 'text'].map(entry)).toEqual(['1', '0.1235', '–', 'text']);
});

test('the middle of a diverging scale is zero, and what is no number has no colour', () => {
  expect(level(0, { kind: 'diverging', most: 3 })).toBe(255);
  expect(level(-3, { kind: 'diverging', most: 3 })).toBe(0);
  expect(level(9, { kind: 'sequential', least: 0, most: 1 })).toBe(510);
  expect(level(NaN, { kind: 'sequential', least: 0, most: 1 })).toBe(-1);
});
