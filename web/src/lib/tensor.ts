/** Numbers with a shape, rows first; what is not finite is NaN. */
export class Tensor {
  constructor(
    readonly shape: readonly number[],
    readonly data: Float32Array | Float64Array | Int32Array | Uint8Array,
  ) {}

  /** The number at a place; one index for each axis. */
  at(...place: number[]): number {
    let index = 0;
    for (let axis = 0; axis < place.length; axis++) index = index * this.shape[axis] + place[axis];
    return this.data[index];
  }

  /** What lies below the first indices, without a copy: `gates.below(3)` of (T, G, H) is (G, H). */
  below(...place: number[]): Tensor {
    const shape = this.shape.slice(place.length);
    const size = shape.reduce((product, each) => product * each, 1);
    let index = 0;
    for (let axis = 0; axis < place.length; axis++) index = index * this.shape[axis] + place[axis];
    return new Tensor(shape, this.data.subarray(index * size, (index + 1) * size));
  }

  /** One index of the middle axis of (T, G, H), as (T, H). */
  middle(which: number): Tensor {
    const [rows, count, columns] = this.shape;
    const found = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      const start = (row * count + which) * columns;
      found.set(this.data.subarray(start, start + columns), row * columns);
    }
    return new Tensor([rows, columns], found);
  }

  /** Columns of (T, H) in another order. */
  columns(order: readonly number[]): Tensor {
    const [rows, columns] = this.shape;
    const found = new Float32Array(rows * order.length);
    for (let row = 0; row < rows; row++)
      for (let place = 0; place < order.length; place++)
        found[row * order.length + place] = this.data[row * columns + order[place]];
    return new Tensor([rows, order.length], found);
  }

  /** One column of (T, H). */
  column(which: number): number[] {
    const [rows, columns] = this.shape;
    return Array.from({ length: rows }, (_, row) => this.data[row * columns + which]);
  }

  toArray(): number[] {
    return Array.from(this.data);
  }
}
