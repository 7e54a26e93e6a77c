// Drawings as text, to live in the address: six pixels a character, rows from the top.
import type { Tensor } from '../../lib/tensor';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function written(ink: Uint8Array): string {
  let text = '';
  for (let start = 0; start < ink.length; start += 6) {
    let digit = 0;
    for (let bit = 0; bit < 6; bit++) digit |= (ink[start + bit] ?? 0) << bit;
    text += DIGITS[digit];
  }
  return text.replace(/A+$/, '') || 'A';
}

/** (P * P,): what is missing at the end is paper, and what is no digit too. */
export function inked(text: string, size: number): Uint8Array {
  const ink = new Uint8Array(size * size);
  for (let place = 0; place < ink.length; place++) {
    const digit = DIGITS.indexOf(text[Math.floor(place / 6)] ?? 'A');
    ink[place] = digit < 0 ? 0 : (digit >> (place % 6)) & 1;
  }
  return ink;
}

export function rows(ink: Uint8Array, size: number): number[][] {
  return Array.from({ length: size }, (_, row) =>
    Array.from(ink.subarray(row * size, (row + 1) * size)),
  );
}

/** One path with a square for each inked pixel of a picture (P, P), drawn at a place and a scale. */
export function path(picture: Tensor, x = 0, y = 0, scale = 1): string {
  const [size] = picture.shape;
  let text = '';
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (picture.at(row, column) >= 0.5)
        text += `M${x + column * scale} ${y + row * scale}h${scale}v${scale}h${-scale}z`;
  return text;
}
