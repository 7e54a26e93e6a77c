// The kernels of one instruction set: this file is compiled once for each, see csrc/CMakeLists.txt.
#include "kernels.h"

#include "backward_pass.h"
#include "cells/gru.h"
#include "cells/lstm.h"
#include "cells/simple_rnn.h"
#include "forward_pass.h"

namespace remy::REMY_ISA {

template <class T, class Kind>
constexpr CellKernels<T> cell_kernels() {
  return {kGateRowWidths<Kind::template kGates<0>> > 1,
          packed_forward_size<T, Kind>,
          pack_forward<T, Kind>,
          packed_backward_size<T, Kind>,
          pack_backward<T, Kind>,
          forward<T, Kind>,
          backward<T, Kind>};
}

template <class T, Vec<T> (*kFunction)(Vec<T>)>
void map(const T* x, T* y, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes<T>) store(y + i, kFunction(load(x + i, count - i)), count - i);
}

// Eight sums side by side: as fast as the caches deliver.
template <class T>
T sum(const T* x, int64_t count) {
  Vec<T> sums[8] = {};
  for (; count >= 8 * kLanes<T>; count -= 8 * kLanes<T>, x += 8 * kLanes<T>)
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) sums[i] += load(x + i * kLanes<T>);
  T total = 0;
  for (int i = 0; i < 8; ++i)
    for (int lane = 0; lane < kLanes<T>; ++lane) total += sums[i][lane];
  for (int64_t i = 0; i < count; ++i) total += x[i];
  return total;
}

template <class T>
constexpr Kernels<T> kTable = {
    // in the order of enum class Cell
    {cell_kernels<T, SimpleRnn<Cell::simple_rnn_tanh>>(), cell_kernels<T, SimpleRnn<Cell::simple_rnn_relu>>(),
     cell_kernels<T, SimpleRnn<Cell::simple_rnn_linear>>(), cell_kernels<T, Lstm>(), cell_kernels<T, GruResetAfter>(),
     cell_kernels<T, GruResetBefore>()},
    kProductWidth<T>,
    kProductRowWidths * kProductWidth<T>,
    kTileRows<kProductVectors>,
    kProductDepth * kProductWidth<T>,
    packed_matrix_size<T>,
    pack_matrix<T>,
    multiply<T>,
    add_column_sums<T>,
    sum<T>,
    map<T, exp<T>>,
    map<T, tanh<T>>,
    map<T, sigmoid<T>>,
};

extern const Kernels<float>* const float_kernels;
extern const Kernels<double>* const double_kernels;
const Kernels<float>* const float_kernels = &kTable<float>;
const Kernels<double>* const double_kernels = &kTable<double>;

}  // namespace remy::REMY_ISA
