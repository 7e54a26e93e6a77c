// A general matrix product over packed panels of four vectors.
#pragma once

#include "panels.h"
#include "tile.h"

namespace remy::REMY_ISA {

constexpr int kProductVectors = 4;

template <class T>
constexpr int64_t kProductWidth = kProductVectors * kLanes<T>;

// Rows of the right-hand side in one block: 256 x 64 floats are 64 KiB, half of a small second-level cache.
constexpr int64_t kProductDepth = 256;

template <class T>
REMY_INLINE void add_tile(const T* tile, int64_t rows, MatrixView<T> c, const T* bias, bool accumulate) {
  for (int64_t r = 0; r < rows; ++r) {
    T* to = c.data + r * c.row_stride;
    for (int n = 0; n < kProductVectors; ++n) {
      const int64_t column = n * kLanes<T>;
      if (column >= c.cols) break;
      const int64_t count = c.cols - column;
      Vec<T> sum = load(tile + r * kProductWidth<T> + column);
      if (accumulate) sum += load(to + column, count);
      if (bias != nullptr) sum += load(bias + column, count);
      store(to + column, sum, count);
    }
  }
}

// One panel of c: a (M, K) times a packed block of `depth` rows.
template <class T>
void product_panel(MatrixView<const T> a, const T* panel, MatrixView<T> c, const T* bias, bool accumulate) {
  constexpr int rows_at_once = kTileRows<kProductVectors>;
  alignas(64) T tile[rows_at_once * kProductWidth<T>];
  for (int64_t row = 0; row < a.rows; row += rows_at_once) {
    const int64_t rows = smaller(rows_at_once, a.rows - row);
    tile_rows<T, kProductVectors>(rows, {a.data + row * a.row_stride, a.row_stride, a.col_stride}, panel, a.cols, tile);
    add_tile<T>(tile, rows, c.row_range(row, rows), bias, accumulate);
  }
}

// c = a b (+ bias | + c). With `packed`, b is read from there, whole panels; else it is packed block by block into
// `scratch`, kProductDepth * kProductWidth values. Both sum in the same order.
template <class T>
void multiply(MatrixView<const T> a, MatrixView<const T> b, const T* packed, MatrixView<T> c, const T* bias,
              bool accumulate, T* scratch) {
  const int64_t depth = a.cols;
  for (int64_t column = 0; column < c.cols; column += kProductWidth<T>) {
    const MatrixView<T> part = c.columns(column, smaller(kProductWidth<T>, c.cols - column));
    const T* part_bias = bias != nullptr ? bias + column : nullptr;
    int64_t first = 0;
    do {  // a product of depth 0 still writes the bias
      const int64_t last = smaller(first + kProductDepth, depth);
      const T* panel = scratch;
      if (packed != nullptr) {
        panel = packed + column * depth + first * kProductWidth<T>;
      } else {
        pack_panel<T>(b, first, last, column, kProductWidth<T>, scratch);
      }
      product_panel<T>(a.columns(first, last - first), panel, part, first == 0 ? part_bias : nullptr,
                       accumulate || first > 0);
      first = last;
    } while (first < depth);
  }
}

template <class T>
int64_t packed_matrix_size(int64_t rows, int64_t cols) {
  return panel_count(cols, kProductWidth<T>) * kProductWidth<T> * rows;
}

template <class T>
void pack_matrix(MatrixView<const T> b, T* packed) {
  for (int64_t column = 0; column < b.cols; column += kProductWidth<T>)
    pack_panel<T>(b, 0, b.rows, column, kProductWidth<T>, packed + column * b.rows);
}

}  // namespace remy::REMY_ISA
