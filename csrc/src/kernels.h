// What each instruction set provides, as tables of functions; and what they are given. This header is compiled for
// every instruction set: plain data and always-inlined functions only, or code would be shared between them.
#pragma once

#include <cstdint>

#include "remy/cell.h"
#include "remy/view.h"
#include "row_plan.h"

namespace remy {

// Some rows of a batch, over steps [first, last) in the order of processing: the s-th step processed is t = s, or
// steps - 1 - s in reverse. Everything may be null that is not wanted or not given.
struct Span {
  PartRows rows;
  StepView<const bool> mask;
  std::int64_t steps, first, last;
  bool reverse, zero_output;
  unsigned char* flags;  // one a row

  REMY_INLINE std::int64_t time(std::int64_t s) const { return reverse ? steps - 1 - s : s; }
};

// The units that one thread computes, [first, last), where several share the same rows: whole panels of columns. They
// wait for each other where one reads what the others wrote.
struct UnitShare {
  std::int64_t first, last;
  const void* team;  // null for a thread alone
  void (*wait_for)(const void* team);

  REMY_INLINE std::int64_t count() const { return last - first; }
  REMY_INLINE void wait() const {
    if (team != nullptr) wait_for(team);
  }
};

// What a single step of one row reads besides its state, where it projects its input itself, panel by panel; else null.
template <class T>
struct RowStep {
  const T* x = nullptr;  // (I)
  std::int64_t inputs = 0;
  const T* kernel = nullptr;  // W, by pack_forward for one row
  const T* bias = nullptr;    // b, the same, or null
};

template <class T>
struct ForwardPlan {
  Span span;
  UnitShare share;
  std::int64_t units;
  const T* packed;          // the recurrent kernel, by pack_forward
  bool one_row;             // how it was packed
  const T* recurrent_bias;  // (3*H,) or null
  const T* dropout;         // (B, H)
  RowStep<T> input;
  T* projected;       // x W + b of every step and row in reach of it, (G*H) each, in the order of processing
  std::int64_t turn;  // one row: whether the panels are taken from the last one back at even steps (1) or at odd (0)
  StepView<T> outputs, states, cells, gates;
  // (rows, H) each, kept from span to span: the state before step s is h[s % 2], and rows out of reach stand in both.
  T* h[2];
  T* c;
  T* operand;
  T* update;
  T* reset;
};

template <class T>
struct BackwardPlan {
  Span span;
  UnitShare share;
  std::int64_t units;
  const T* packed;  // the transposed recurrent kernel, by pack_backward
  bool one_row;     // how it was packed
  const T* h0;      // (B, H), or one row of zeros with stride 0
  const T* c0;
  std::int64_t h0_stride, c0_stride;
  const T* dropout;
  StepView<const T> states, cells, gates, d_outputs;
  // Of every step of the span and row of the batch in reach of it, in the order of processing; `offsets` has the
  // number of rows before each step.
  const std::int64_t* offsets;
  T* d_gates;   // (gradient_count*H)
  T* operands;  // (H): h_{t-1} as the recurrent product sees it, zero where masked
  T* resets;    // (H): r times operand, GRU with reset before; else null
  StepView<T> d_states, d_cells;
  // (rows, H) each, kept from span to span.
  T* dh;
  T* dc;
  T* h_before;
  T* d_reset;
};

template <class T>
struct CellKernels {
  bool packs_one_row_apart;  // whether `one_row`, for a batch of one, makes a difference forwards
  std::int64_t (*packed_forward_size)(std::int64_t depth, std::int64_t units, bool one_row);
  void (*pack_forward)(MatrixView<const T> kernel, std::int64_t units, bool one_row, T* packed);  // (depth, G * units)
  std::int64_t (*packed_backward_size)(std::int64_t units, bool one_row);
  void (*pack_backward)(MatrixView<const T> recurrent_kernel, bool one_row, T* packed);
  void (*forward)(const ForwardPlan<T>& plan);
  void (*backward)(const BackwardPlan<T>& plan);
};

template <class T>
struct Kernels {
  CellKernels<T> cells[kCellCount];
  std::int64_t product_width;         // columns of a panel
  std::int64_t row_width;             // the same where a batch of one is packed for; a multiple
  std::int64_t product_rows;          // rows of a tile
  std::int64_t product_scratch_size;  // values
  std::int64_t (*packed_matrix_size)(std::int64_t rows, std::int64_t cols);
  // Rows first_row .. of a packed matrix of `depth` rows.
  void (*pack_matrix)(MatrixView<const T> b, std::int64_t depth, std::int64_t first_row, T* packed);
  // c = a b (+ bias | + c); b from `packed` unless that is null.
  void (*multiply)(MatrixView<const T> a, MatrixView<const T> b, const T* packed, MatrixView<T> c, const T* bias,
                   bool accumulate, T* scratch);
  void (*add_column_sums)(MatrixView<const T> matrix, T* sums);
  T (*sum)(const T* x, std::int64_t count);
  void (*exp)(const T* x, T* y, std::int64_t count);
  void (*tanh)(const T* x, T* y, std::int64_t count);
  void (*sigmoid)(const T* x, T* y, std::int64_t count);

  const CellKernels<T>& of(Cell cell) const { return cells[static_cast<int>(cell)]; }
};

// The kernels of the instruction set in use.
template <class T>
const Kernels<T>& kernels();

}  // namespace remy
