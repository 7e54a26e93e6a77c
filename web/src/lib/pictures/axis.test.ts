import { expect, test } from 'vitest';
import { linear, logarithmic } from './axis';

test('a linear axis puts its ends at the ends, and what is beyond there too', () => {
  const axis = linear([-1, 3], [100, 20]);
  expect([-1, 1, 3, 9].map(axis.at)).toEqual([100, 60, 20, 20]);
  expect(axis.value(60)).toBe(1);
  expect(axis.ticks(4)).toEqual([-1, 0, 1, 2, 3]);
});

test('a logarithmic axis gives every power of ten the same room', () => {
  const axis = logarithmic([1e-4, 1], [0, 400]);
  expect([1e-4, 1e-3, 0.1, 1].map(axis.at).map(Math.round)).toEqual([0, 100, 300, 400]);
  expect(axis.at(0)).toBe(0);
  expect(axis.value(200)).toBeCloseTo(0.01, 12);
  expect(axis.ticks(6)).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1]);
});

test('where there are many powers of ten only some are written, and they are round', () => {
  expect(logarithmic([3e-13, 2], [0, 100]).ticks(6)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
});
