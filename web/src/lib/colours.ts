// Colours of numbers. Diverging from blue over the paper's colour to orange, sequential from the paper to blue:
// both stay apart for people who see no red or no green, and in grey their lightness still says the size.

/** Where a number stands: from -1 to 1 about 0, or from 0 to 1. */
export type Scale =
  { kind: 'diverging'; most: number } | { kind: 'sequential'; least: number; most: number };

const LIGHT = {
  diverging: ['#08417a', '#2b7bba', '#93c0e0', '#f7f7f4', '#f6b878', '#d9731a', '#8f3f04'],
  sequential: ['#f7f7f4', '#cfe1ee', '#8fbcdb', '#4390c4', '#14639f', '#08315e'],
};
const DARK = {
  diverging: ['#9fd3ff', '#4f9fe0', '#245a8c', '#1b1e22', '#8a4b14', '#e08a33', '#ffd2a1'],
  sequential: ['#1b1e22', '#1f4263', '#2a6ea6', '#5a9fd6', '#9fcdf2', '#e4f3ff'],
};
const LEVELS = 511;

const tables = new Map<string, Uint8ClampedArray>();

/** 511 colours as red, green, blue, 255, from the lowest value to the highest. */
export function table(kind: Scale['kind'], dark: boolean): Uint8ClampedArray {
  const key = `${kind}${dark}`;
  let found = tables.get(key);
  if (found === undefined) {
    const stops = (dark ? DARK : LIGHT)[kind].map(parts);
    found = new Uint8ClampedArray(4 * LEVELS);
    for (let level = 0; level < LEVELS; level++) {
      const place = (level / (LEVELS - 1)) * (stops.length - 1);
      const [from, to] = [stops[Math.floor(place)], stops[Math.ceil(place)]];
      from.forEach((part, which) => {
        found![4 * level + which] = part + (to[which] - part) * (place % 1);
      });
      found[4 * level + 3] = 255;
    }
    tables.set(key, found);
  }
  return found;
}

/** Red, green and blue of `#rrggbb`. */
function parts(colour: string): number[] {
  return [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
}

/** The level of a number in its table; -1 of what is no number. */
export function level(value: number, scale: Scale): number {
  if (Number.isNaN(value)) return -1;
  const share =
    scale.kind === 'diverging'
      ? 0.5 + value / (2 * (scale.most || 1))
      : (value - scale.least) / (scale.most - scale.least || 1);
  return Math.round(Math.max(0, Math.min(1, share)) * (LEVELS - 1));
}

export function colourOf(value: number, scale: Scale, dark: boolean): string {
  const at = level(value, scale);
  if (at < 0) return 'transparent';
  const colours = table(scale.kind, dark);
  return `rgb(${colours[4 * at]} ${colours[4 * at + 1]} ${colours[4 * at + 2]})`;
}

/** The colours of a scale from its lowest value to its highest, as a CSS background. */
export function ramp(kind: Scale['kind'], dark: boolean): string {
  return `linear-gradient(to right, ${(dark ? DARK : LIGHT)[kind].join(', ')})`;
}

/** Lines that are to be told apart: Okabe and Ito's colours, as CSS variables, and dashes beside them. */
export const LINES = [
  'var(--line-1)',
  'var(--line-2)',
  'var(--line-3)',
  'var(--line-4)',
  'var(--line-5)',
  'var(--line-6)',
];
export const DASHES = ['', '7 3', '2 3', '9 3 2 3', '4 2', '12 4'];
