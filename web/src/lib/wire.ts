// Reading the server's answers: JSON, or above 8,000 numbers a JSON header followed by the arrays as bytes.
import { Tensor } from './tensor';

export const BYTES = 'application/vnd.remy.answer';

const KINDS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
};

interface Written {
  shape: number[];
  values?: (number | null)[];
  dtype?: keyof typeof KINDS | 'bool';
  offset?: number;
}

/** Put a Tensor in place of everything that stands for one. */
function revive(value: unknown, tensor: (written: Written) => Tensor): unknown {
  if (Array.isArray(value)) return value.map((each) => revive(each, tensor));
  if (value === null || typeof value !== 'object') return value;
  if ('$tensor' in value) return tensor(value.$tensor as Written);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, revive(each, tensor)]),
  );
}

export function fromJson(value: unknown): unknown {
  return revive(
    value,
    ({ shape, values }) =>
      new Tensor(
        shape,
        Float64Array.from(values ?? [], (each) => each ?? NaN),
      ),
  );
}

export function fromBytes(buffer: ArrayBuffer): unknown {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  return revive(header, ({ shape, dtype, offset }) => {
    const Kind = KINDS[dtype === 'bool' || dtype === undefined ? 'uint8' : dtype];
    const size = shape.reduce((product, each) => product * each, 1);
    return new Tensor(shape, new Kind(buffer, start + (offset ?? 0), size));
  });
}
