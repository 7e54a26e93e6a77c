// A general matrix product over packed panels of four vectors.
#pragma once

#include "panels.h"
#include "tile.h"

namespace remy::REMY_ISA {

constexpr int kProductVectors = 4;

template <class T>
constexpr int64_t kProductWidth = kProductVectors * kLanes<T>;

constexpr int kProductRowWidths = kRowWidths<kProductVectors>;

// Rows of the right-hand side in one block: 256 x 64 floats are 64 KiB, half of a small second-level cache.
constexpr int64_t kProductDepth = 256;

// The first `cols` columns of a tile, or of what it starts from, between a matrix and a whole panel's width.
template <class T>
REMY_INLINE void copy_block(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t cols) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < cols; ++j) to[r * to_stride + j] = from[r * from_stride + j];
}

// One panel of c: `start` plus a (M, K) times a packed block.
template <class T>
void product_panel(MatrixView<const T> a, const T* panel, Start<T> start, MatrixView<T> c) {
  constexpr int rows_at_once = kTileRows<kProductVectors>;
  for (int64_t row = 0; row < a.rows; row += rows_at_once) {
    tile_rows<T, kProductVectors>(smaller(rows_at_once, a.rows - row),
                                  {a.data + row * a.row_stride, a.row_stride, a.col_stride}, panel, a.cols, start,
                                  {c.data + row * c.row_stride, c.row_stride});
    if (start.data != nullptr) start.data += rows_at_once * start.stride;
  }
}

// The same where c has fewer columns than a panel: each tile goes through a buffer.
template <class T>
void product_part_of_panel(MatrixView<const T> a, const T* panel, Start<T> start, MatrixView<T> c) {
  constexpr int rows_at_once = kTileRows<kProductVectors>;
  constexpr int64_t width = kProductWidth<T>;
  alignas(64) T sums[rows_at_once * width] = {};
  for (int64_t row = 0; row < a.rows; row += rows_at_once) {
    const int64_t rows = smaller(rows_at_once, a.rows - row);
    Start<T> from{};
    if (start.data != nullptr) {
      copy_block(start.data + row * start.stride, start.stride, sums, width, rows, c.cols);
      from = {sums, width};
    }
    tile_rows<T, kProductVectors>(rows, {a.data + row * a.row_stride, a.row_stride, a.col_stride}, panel, a.cols, from,
                                  {sums, width});
    copy_block<T>(sums, width, c.data + row * c.row_stride, c.row_stride, rows, c.cols);
  }
}

// c = a b + (c with `accumulate`, else the row `bias`, else 0). With `packed`, b is read from there, whole panels; else
// it is packed block by block into `scratch`, kProductDepth * kProductWidth values. Both sum in the same order.
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
        pack_panel<T>(b.row_range(first, last - first), column, kProductWidth<T>, scratch);
      }
      Start<T> start{part_bias, 0};
      if (accumulate || first > 0) start = {part.data, part.row_stride};
      if (part.cols == kProductWidth<T>) {
        product_panel<T>(a.columns(first, last - first), panel, start, part);
      } else {
        product_part_of_panel<T>(a.columns(first, last - first), panel, start, part);
      }
      first = last;
    } while (first < depth);
  }
}

template <class T, int kWidths = 1>
int64_t packed_matrix_size(int64_t rows, int64_t cols) {
  return panel_count(cols, kWidths * kProductWidth<T>) * kWidths * kProductWidth<T> * rows;
}

// Rows from `first_row` on of a packed matrix of `depth` rows.
template <class T, int kWidths = 1>
void pack_matrix(MatrixView<const T> b, int64_t depth, int64_t first_row, T* packed) {
  constexpr int64_t width = kWidths * kProductWidth<T>;
  for (int64_t column = 0; column < b.cols; column += width)
    pack_panel<T>(b, column, width, packed + column * depth + first_row * width);
}

// sums[j] += the sum of column j, by blocks of rows so that rounding grows with the root of their number only.
template <class T>
void add_column_sums(MatrixView<const T> matrix, T* sums) {
  constexpr int64_t block = 256;
  for (int64_t column = 0; column < matrix.cols; column += kLanes<T>) {
    const int64_t count = matrix.cols - column;
    Vec<T> total = load(sums + column, count);
    for (int64_t first = 0; first < matrix.rows; first += block) {
      const int64_t last = smaller(first + block, matrix.rows);
      const T* from = matrix.data + first * matrix.row_stride + column;
      Vec<T> sum{};
      for (int64_t k = first; k < last; ++k, from += matrix.row_stride) sum += load(from, count);
      total += sum;
    }
    store(sums + column, total, count);
  }
}

}  // namespace remy::REMY_ISA
