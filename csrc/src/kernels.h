// What each instruction set provides, as tables of functions; and what they are given. Plain data only: this header is
// compiled for every instruction set, and nothing of it may turn into code that is shared between them.
#pragma once

#include <cstdint>

#include "remy/cell.h"
#include "remy/view.h"

namespace remy {

// One layer's pass over time for some rows of a batch. Arrays as in sequence.h; null where not wanted or not given.
template <class T>
struct ForwardPlan {
  std::int64_t steps, batch, units;
  const T* projected;       // (T, B, G*H): x W + b
  const T* packed;          // the recurrent kernel, by pack_forward
  const T* recurrent_bias;  // (3*H,) or null
  const T* h0;
  const T* c0;
  const std::int64_t* lengths;
  const bool* mask;
  const T* dropout;
  bool reverse, zero_output;
  T* outputs;  // only where they differ from the states
  T* states;
  T* cells;
  T* gates;
  T* h_final;
  T* c_final;
};

template <class T>
struct BackwardPlan {
  std::int64_t steps, batch, units;
  const T* packed;  // the transposed recurrent kernel, by pack_backward
  const T* h0;
  const T* c0;
  const std::int64_t* lengths;
  const bool* mask;
  const T* dropout;
  bool reverse, zero_output;
  const T* states;
  const T* cells;
  const T* gates;
  const T* d_outputs;
  const T* d_h_final;
  const T* d_c_final;
  T* d_gates;   // (T, B, gradient_count*H)
  T* operands;  // (T, B, H): h_{t-1} with dropout, zero at invalid steps; null where it would be h_{t-1} itself
  T* resets;    // (T, B, H): r h_{t-1}, GRU with reset before; else null
  T* d_h0;
  T* d_c0;
  T* d_states;
  T* d_cells;
};

template <class T>
struct CellKernels {
  std::int64_t (*packed_forward_size)(std::int64_t units);
  void (*pack_forward)(MatrixView<const T> recurrent_kernel, T* packed);
  std::int64_t (*packed_backward_size)(std::int64_t units);
  void (*pack_backward)(MatrixView<const T> recurrent_kernel, T* packed);
  // Rows [first, last) of the batch; `scratch` holds scratch_size(rows, units) values.
  void (*forward)(const ForwardPlan<T>& plan, std::int64_t first, std::int64_t last, T* scratch);
  void (*backward)(const BackwardPlan<T>& plan, std::int64_t first, std::int64_t last, T* scratch);
};

constexpr std::int64_t scratch_size(std::int64_t rows, std::int64_t units) { return 7 * rows * units + rows + 64; }

template <class T>
struct Kernels {
  CellKernels<T> cells[kCellCount];
  std::int64_t product_width;         // columns of a panel
  std::int64_t product_scratch_size;  // values
  std::int64_t (*packed_matrix_size)(std::int64_t rows, std::int64_t cols);
  void (*pack_matrix)(MatrixView<const T> b, T* packed);
  // c = a b (+ bias | + c); b from `packed` unless that is null.
  void (*multiply)(MatrixView<const T> a, MatrixView<const T> b, const T* packed, MatrixView<T> c, const T* bias,
                   bool accumulate, T* scratch);
  void (*exp)(const T* x, T* y, std::int64_t count);
  void (*tanh)(const T* x, T* y, std::int64_t count);
  void (*sigmoid)(const T* x, T* y, std::int64_t count);

  const CellKernels<T>& of(Cell cell) const { return cells[static_cast<int>(cell)]; }
};

// The kernels of the instruction set in use.
template <class T>
const Kernels<T>& kernels();

}  // namespace remy
