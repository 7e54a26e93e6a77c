import { expect, test } from 'vitest';
import { Tensor } from './tensor';
import { fromBytes, fromJson } from './wire';

test('a tensor in JSON keeps its shape, also where it has no numbers, and null is NaN', () => {
  const found = fromJson({
    name: 'h',
    some: [{ $tensor: { shape: [2, 2], values: [1, 2, null, 4] } }],
    none: { $tensor: { shape: [3, 0], values: [] } },
    left: null,
  }) as { name: string; some: Tensor[]; none: Tensor; left: null };
  expect(found.name).toBe('h');
  expect(found.some[0].at(0, 1)).toBe(2);
  expect(found.some[0].at(1, 0)).toBeNaN();
  expect(found.none.shape).toEqual([3, 0]);
  expect(found.left).toBeNull();
});

test('bytes give the numbers that were written at their offsets, whatever the length of the header', () => {
  for (const padding of ['', 'x', 'xx', 'xxxxxxx']) {
    const header = new TextEncoder().encode(
      JSON.stringify({
        padding,
        first: { $tensor: { dtype: 'float32', shape: [1, 2], offset: 0 } },
        second: { $tensor: { dtype: 'float64', shape: [1], offset: 8 } },
        third: { $tensor: { dtype: 'uint8', shape: [3], offset: 16 } },
      }),
    );
    const start = Math.ceil((4 + header.length) / 8) * 8;
    const buffer = new ArrayBuffer(start + 24);
    new DataView(buffer).setUint32(0, header.length, true);
    new Uint8Array(buffer).set(header, 4);
    new Float32Array(buffer, start, 2).set([0.5, -1]);
    new Float64Array(buffer, start + 8, 1).set([1e300]);
    new Uint8Array(buffer, start + 16, 3).set([1, 0, 1]);
    const found = fromBytes(buffer) as Record<string, Tensor>;
    expect(found.first.toArray()).toEqual([0.5, -1]);
    expect(found.second.at(0)).toBe(1e300);
    expect(found.third.toArray()).toEqual([1, 0, 1]);
  }
});

test('parts of a tensor are the numbers that stand there', () => {
  const gates = new Tensor(
    [2, 3, 2],
    Float32Array.from({ length: 12 }, (_, i) => i),
  );
  expect(gates.below(1).toArray()).toEqual([6, 7, 8, 9, 10, 11]);
  expect(gates.below(1, 2).toArray()).toEqual([10, 11]);
  expect(gates.middle(1).toArray()).toEqual([2, 3, 8, 9]);
  expect(gates.middle(1).column(1)).toEqual([3, 9]);
  expect(gates.middle(1).columns([1, 0]).toArray()).toEqual([3, 2, 9, 8]);
});
