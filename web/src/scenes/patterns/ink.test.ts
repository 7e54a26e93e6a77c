import { expect, test } from 'vitest';
import { inked, path, written } from './ink';
import { Tensor } from '../../lib/tensor';

test('a drawing comes back from the text that it is written as', () => {
  for (const size of [1, 5, 24]) {
    const ink = Uint8Array.from({ length: size * size }, (_, place) => ((place * 7) % 3) & 1);
    expect(inked(written(ink), size)).toEqual(ink);
  }
});

test('paper is short, and what is no digit is paper', () => {
  expect(written(new Uint8Array(576))).toBe('A');
  expect(inked('%B', 4)).toEqual(Uint8Array.from({ length: 16 }, (_, place) => +(place === 6)));
});

test('a path has a square for each inked pixel, where it is drawn', () => {
  const picture = new Tensor([2, 2], Float32Array.from([0, 1, 0, 0]));
  expect(path(picture)).toBe('M1 0h1v1h-1z');
  expect(path(picture, 10, 20, 3)).toBe('M13 20h3v3h-3z');
});
