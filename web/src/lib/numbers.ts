/** A number as it is read: four digits, small and large ones with a power of ten. */
export function shown(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (size >= 1e6 || size < 1e-3) {
    const [mantissa, power] = value.toExponential(digits - 1).split('e');
    return `${minus(mantissa)}e${minus(power.replace('+', ''))}`;
  }
  return minus(String(Number(value.toPrecision(digits))));
}

/** A share as a percentage. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return '<0.1 %';
  return `${value >= 99.95 && value < 100 ? '>99.9' : Number(value.toPrecision(3))} %`;
}

/** A count with its thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** What an item looks like: white space gets a sign. */
export function item(text: string): string {
  return text.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}

function minus(text: string): string {
  return text.replace('-', '−');
}
