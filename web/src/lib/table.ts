// What a picture shows, as a table: for readers of screens, for checks and to be saved.
import { shown } from './numbers';

export type Entry = string | number | null;

export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Entry[])[];
}

/** (T, H) as a table with a row a step. */
export function stepTable(
  items: readonly string[],
  names: readonly string[],
  value: (step: number, column: number) => number,
): Table {
  return {
    columns: ['step', 'item', ...names],
    rows: items.map((each, step) => [step, each, ...names.map((_, column) => value(step, column))]),
  };
}

export function entry(value: Entry): string {
  return typeof value === 'number' && !Number.isInteger(value)
    ? shown(value)
    : String(value ?? '–');
}

/** The table as comma-separated values, numbers with all their digits. */
export function csv({ columns, rows }: Table): string {
  const cell = (value: Entry): string => {
    const text = value === null || Number.isNaN(value) ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}
