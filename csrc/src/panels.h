// Packing: a matrix laid out in the panels that tile.h reads.
#pragma once

#include "remy/view.h"
#include "simd.h"

namespace remy::REMY_ISA {

// Panels for a recurrent kernel of G gates: each holds the same run of units of every gate, so that one tile has all
// the gates of its units. Four vectors a panel, or three where there are three gates.
template <int G>
struct GateGroup {
  static constexpr int blocks = G == 3 ? 1 : 4 / G;  // vectors of units in a panel
  static constexpr int vectors = G * blocks;
};

template <class T, int G>
constexpr int64_t kPanelUnits = GateGroup<G>::blocks * kLanes<T>;

inline int64_t panel_count(int64_t columns, int64_t width) { return (columns + width - 1) / width; }

template <class T, int G>
int64_t packed_gates_size(int64_t depth, int64_t units) {
  return panel_count(units, kPanelUnits<T, G>) * depth * GateGroup<G>::vectors * kLanes<T>;
}

// `weights` (depth, G * units), or a range of its gates. Units beyond the last are zero.
template <class T, int G>
void pack_gates(MatrixView<const T> weights, int64_t units, T* packed) {
  constexpr int64_t width = kPanelUnits<T, G>;
  for (int64_t first = 0; first < units; first += width) {
    const int64_t count = smaller(width, units - first);
    for (int64_t k = 0; k < weights.rows; ++k) {
      for (int g = 0; g < G; ++g) {
        const T* from = weights.data + k * weights.row_stride + (g * units + first) * weights.col_stride;
        for (int64_t u = 0; u < count; ++u) packed[u] = from[u * weights.col_stride];
        for (int64_t u = count; u < width; ++u) packed[u] = T(0);
        packed += width;
      }
    }
  }
}

// Rows [first, last) of a plain matrix in panels of `width` columns, one after another.
template <class T>
void pack_panel(MatrixView<const T> matrix, int64_t first, int64_t last, int64_t column, int64_t width, T* packed) {
  const int64_t count = smaller(width, matrix.cols - column);
  const T* from = matrix.data + column * matrix.col_stride;
  if (matrix.col_stride != 1 && matrix.row_stride == 1) {  // a transpose: read along its rows
    for (int64_t j = 0; j < width; ++j)
      for (int64_t k = first; k < last; ++k)
        packed[(k - first) * width + j] = j < count ? from[k + j * matrix.col_stride] : T(0);
    return;
  }
  for (int64_t k = first; k < last; ++k) {
    const T* row = from + k * matrix.row_stride;
    for (int64_t j = 0; j < count; ++j) packed[j] = row[j * matrix.col_stride];
    for (int64_t j = count; j < width; ++j) packed[j] = T(0);
    packed += width;
  }
}

}  // namespace remy::REMY_ISA
