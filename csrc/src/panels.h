// Packing: a matrix laid out in the panels that tile.h reads.
#pragma once

#include "remy/view.h"
#include "rows.h"
#include "simd.h"

namespace remy::REMY_ISA {

// A row by itself has one sum a vector of its panel, and each waits four cycles for the one before it. Where a panel's
// sums are then slower than the second-level cache (four of 64 bytes are not), a single row's panels are twice as wide.
template <int N>
constexpr int kRowWidths = N * REMY_VECTOR_BYTES >= 4 * 64 ? 1 : 2;

// Panels for a recurrent kernel of G gates: each holds the same run of units of every gate, so that one tile has all
// the gates of its units. Four vectors a panel, or three where there are three gates; or a multiple of that.
template <int G, int kWidths>
struct GateGroup {
  static constexpr int blocks = (G == 3 ? 1 : 4 / G) * kWidths;  // vectors of units in a panel
  static constexpr int vectors = G * blocks;
};

template <int G>
constexpr int kGateRowWidths = kRowWidths<GateGroup<G, 1>::vectors>;

template <class T, int G, int kWidths>
constexpr int64_t kPanelUnits = GateGroup<G, kWidths>::blocks * kLanes<T>;

inline int64_t panel_count(int64_t columns, int64_t width) { return (columns + width - 1) / width; }

template <class T, int G, int kWidths>
int64_t packed_gates_size(int64_t depth, int64_t units) {
  return panel_count(units, kPanelUnits<T, G, kWidths>) * depth * GateGroup<G, kWidths>::vectors * kLanes<T>;
}

// `weights` (depth, G * units), columns adjacent, or a range of its gates. Units beyond the last are zero.
template <class T, int G, int kWidths>
void pack_gates(MatrixView<const T> weights, int64_t units, T* packed) {
  constexpr int64_t width = kPanelUnits<T, G, kWidths>;
  for (int64_t first = 0; first < units; first += width) {
    const int64_t count = smaller(width, units - first);
    for (int64_t k = 0; k < weights.rows; ++k) {
      for (int g = 0; g < G; ++g) {
        copy_row(weights.data + k * weights.row_stride + g * units + first, packed, count);
        for (int64_t u = count; u < width; ++u) packed[u] = T(0);
        packed += width;
      }
    }
  }
}

// Sixteen columns of a transpose at a time: a cache line of each row of the matrix it is the transpose of.
template <class T>
void pack_transposed_panel(MatrixView<const T> matrix, int64_t column, int64_t count, int64_t width, T* packed) {
  constexpr int64_t line = 64 / static_cast<int64_t>(sizeof(T));
  for (int64_t first = 0; first < matrix.rows; first += line) {
    const int64_t depth = smaller(line, matrix.rows - first);
    T* to = packed + first * width;
    const T* from = matrix.data + column * matrix.col_stride + first;
    for (int64_t j = 0; j < width; ++j, from += matrix.col_stride) {
      if (j >= count) {
        for (int64_t k = 0; k < depth; ++k) to[k * width + j] = T(0);
      } else if (depth == line) {
#pragma GCC unroll 16
        for (int64_t k = 0; k < line; ++k) to[k * width + j] = from[k];
      } else {
        for (int64_t k = 0; k < depth; ++k) to[k * width + j] = from[k];
      }
    }
  }
}

// All rows of a matrix, `width` columns from `column` on, one row after another; columns beyond its last are zero.
template <class T>
void pack_panel(MatrixView<const T> matrix, int64_t column, int64_t width, T* packed) {
  const int64_t count = smaller(width, matrix.cols - column);
  if (matrix.col_stride != 1 && matrix.row_stride == 1)
    return pack_transposed_panel(matrix, column, count, width, packed);
  const T* row = matrix.data + column * matrix.col_stride;
  for (int64_t k = 0; k < matrix.rows; ++k, row += matrix.row_stride, packed += width) {
    if (matrix.col_stride == 1) {
      copy_row(row, packed, count);
    } else {
      for (int64_t j = 0; j < count; ++j) packed[j] = row[j * matrix.col_stride];
    }
    for (int64_t j = count; j < width; ++j) packed[j] = T(0);
  }
}

}  // namespace remy::REMY_ISA
