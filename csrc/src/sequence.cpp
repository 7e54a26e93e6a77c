#include "remy/sequence.h"

#include "kernels.h"
#include "remy/product.h"
#include "remy/workspace.h"
#include "time_pass.h"

namespace remy {
namespace {

// Kept by each calling thread from call to call: fresh pages for every call would cost as much as a small layer.
template <class T>
struct Memory {
  Buffer<T> projected, packed, scratch, d_gates, operands, resets, valid_x;

  static Memory& of_this_thread() {
    thread_local Memory memory;
    return memory;
  }
};

template <class T>
MatrixView<T> as_rows(View<T, 3> view) {
  return {view.data, view.shape[0] * view.shape[1], view.shape[2], view.shape[2], 1};
}

template <class T>
MatrixView<const T> constant(MatrixView<T> view) {
  return {view.data, view.rows, view.cols, view.row_stride, view.col_stride};
}

template <class T>
MatrixView<T> as_matrix(View<T, 2> view) {
  return {view.data, view.shape[0], view.shape[1], view.shape[1], 1};
}

// A run of columns in the gradient of the pre-activations, and where the same gates lie in W.
struct Segment {
  std::int64_t gradient, kernel, count;
};

// The blocks that the input product sees; the recurrent product always sees the first gate_count blocks.
struct InputSegments {
  Segment parts[2];
  int count;
};

InputSegments input_segments(Cell cell, std::int64_t units) {
  if (cell == Cell::gru_reset_after) return {{{0, 0, 2 * units}, {3 * units, 2 * units, units}}, 2};
  return {{{0, 0, gate_count(cell) * units}, {}}, 1};
}

// to[j] = sum over the rows of column j, by blocks of rows so that rounding grows with their number's root only.
template <class T>
void column_sums(MatrixView<const T> matrix, T* to) {
  constexpr std::int64_t block = 256;
  std::fill(to, to + matrix.cols, T(0));
  const int parts = worthwhile_parts(matrix.rows * matrix.cols);
  parallel(parts, [&](int part) {
    const FlushDenormals flush;
    const Range range = share(matrix.cols, parts, part, kCacheLine / sizeof(T));
    const std::int64_t count = range.last - range.first;
    T sums[256];
    for (std::int64_t at = 0; at < count; at += 256) {
      const std::int64_t width = std::min<std::int64_t>(256, count - at);
      T* out = to + range.first + at;
      for (std::int64_t first = 0; first < matrix.rows; first += block) {
        std::fill(sums, sums + width, T(0));
        for (std::int64_t row = first; row < std::min(first + block, matrix.rows); ++row) {
          const T* from = matrix.data + row * matrix.row_stride + range.first + at;
          for (std::int64_t j = 0; j < width; ++j) sums[j] += from[j];
        }
        for (std::int64_t j = 0; j < width; ++j) out[j] += sums[j];
      }
    }
  });
}

// x with its invalid steps set to zero: 0 times NaN would reach the weights.
template <class T>
MatrixView<const T> valid_inputs(const Sequence<T>& s, Buffer<T>& buffer) {
  const MatrixView<const T> x = as_rows(s.x);
  if (!s.masked()) return x;
  T* copy = buffer.resize(s.x.size());
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const std::int64_t t = row / s.batch(), b = row % s.batch();
    const bool valid = (!s.lengths || t < s.lengths.data[b]) && (!s.mask || s.mask.data[row]);
    const T* from = x.data + row * x.cols;
    if (valid) {
      std::copy(from, from + x.cols, copy + row * x.cols);
    } else {
      std::fill(copy + row * x.cols, copy + (row + 1) * x.cols, T(0));
    }
  }
  return {copy, x.rows, x.cols, x.cols, 1};
}

// Whether the left side of the recurrent kernel's gradient differs from the states: dropout scales it, and at an
// invalid step it must be zero, for 0 times an infinite state would reach the weights.
template <class T>
bool needs_operands(const Sequence<T>& s) {
  return s.recurrent_dropout || s.masked();
}

// to = (h_{t-1} of every step)^T d_gates: the states one step earlier, and h0 for the first.
template <class T>
void product_with_previous(const Sequence<T>& s, View<const T, 3> states, MatrixView<const T> d_gates,
                           MatrixView<T> to) {
  const std::int64_t batch = s.batch(), inner = (s.steps() - 1) * batch;
  const MatrixView<const T> h = as_rows(states);
  const std::int64_t first = s.reverse ? inner : 0;  // rows of the step whose predecessor is h0
  product<T>(h.row_range(s.reverse ? batch : 0, inner).transposed(), d_gates.row_range(s.reverse ? 0 : batch, inner),
             to);
  if (s.h0) product<T>(as_matrix(s.h0).transposed(), d_gates.row_range(first, batch), to, nullptr, true);
}

template <class T>
void recurrent_gradient(const Sequence<T>& s, View<const T, 3> states, MatrixView<const T> d_gates,
                        const Memory<T>& memory, MatrixView<T> to) {
  const std::int64_t rows = d_gates.rows, units = s.units();
  const bool before = s.cell == Cell::gru_reset_before;
  const std::int64_t plain = (before ? 2 : gate_count(s.cell)) * units;  // columns whose operand is h itself
  if (needs_operands(s)) {
    const MatrixView<const T> operands{memory.operands.data(), rows, units, units, 1};
    product<T>(operands.transposed(), d_gates.columns(0, plain), to.columns(0, plain));
  } else {
    product_with_previous<T>(s, states, d_gates.columns(0, plain), to.columns(0, plain));
  }
  if (before) {
    const MatrixView<const T> resets{memory.resets.data(), rows, units, units, 1};
    product<T>(resets.transposed(), d_gates.columns(plain, units), to.columns(plain, units));
  }
}

}  // namespace

template <class T>
void forward(const Sequence<T>& s, const Record<T>& record) {
  Memory<T>& memory = Memory<T>::of_this_thread();
  const std::int64_t units = s.units(), rows = s.steps() * s.batch(), columns = gate_count(s.cell) * units;
  const CellKernels<T>& cell = kernels<T>().of(s.cell);

  T* projected = memory.projected.resize(rows * columns);
  product<T>(as_rows(s.x), as_matrix(s.kernel), {projected, rows, columns, columns, 1}, s.bias.data);
  T* packed = memory.packed.resize(cell.packed_forward_size(units));
  cell.pack_forward(as_matrix(s.recurrent_kernel), packed);

  ForwardPlan<T> plan{};
  plan.steps = s.steps();
  plan.batch = s.batch();
  plan.units = units;
  plan.projected = projected;
  plan.packed = packed;
  plan.recurrent_bias = s.bias && bias_rows(s.cell) == 2 ? s.bias.data + columns : nullptr;
  plan.h0 = s.h0.data;
  plan.c0 = s.c0.data;
  plan.lengths = s.lengths.data;
  plan.mask = s.mask.data;
  plan.dropout = s.recurrent_dropout.data;
  plan.reverse = s.reverse;
  plan.zero_output = s.zero_output;
  plan.states = record.states.data;
  plan.outputs = record.outputs.data;
  if (plan.outputs == plan.states) plan.outputs = nullptr;
  if (plan.states == nullptr && s.outputs_are_states()) std::swap(plan.states, plan.outputs);
  plan.cells = record.cells.data;
  plan.gates = record.gates.data;
  plan.h_final = record.h_final.data;
  plan.c_final = record.c_final.data;
  run_rows<T>(cell.forward, plan, gate_count(s.cell), memory.scratch);
}

template <class T>
void backward(const Sequence<T>& s, const Record<const T>& record, const Arriving<T>& arriving,
              const Gradients<T>& gradients) {
  Memory<T>& memory = Memory<T>::of_this_thread();
  const std::int64_t units = s.units(), rows = s.steps() * s.batch(), columns = gradient_count(s.cell) * units;
  const CellKernels<T>& cell = kernels<T>().of(s.cell);

  T* packed = memory.packed.resize(cell.packed_backward_size(units));
  cell.pack_backward(as_matrix(s.recurrent_kernel), packed);

  BackwardPlan<T> plan{};
  plan.steps = s.steps();
  plan.batch = s.batch();
  plan.units = units;
  plan.packed = packed;
  plan.h0 = s.h0.data;
  plan.c0 = s.c0.data;
  plan.lengths = s.lengths.data;
  plan.mask = s.mask.data;
  plan.dropout = s.recurrent_dropout.data;
  plan.reverse = s.reverse;
  plan.zero_output = s.zero_output;
  plan.states = record.states.data;
  plan.cells = record.cells.data;
  plan.gates = record.gates.data;
  plan.d_outputs = arriving.outputs.data;
  plan.d_h_final = arriving.h_final.data;
  plan.d_c_final = arriving.c_final.data;
  plan.d_gates = memory.d_gates.resize(rows * columns);
  plan.operands = needs_operands(s) ? memory.operands.resize(rows * units) : nullptr;
  plan.resets = s.cell == Cell::gru_reset_before ? memory.resets.resize(rows * units) : nullptr;
  plan.d_h0 = gradients.h0.data;
  plan.d_c0 = gradients.c0.data;
  plan.d_states = gradients.states.data;
  plan.d_cells = gradients.cells.data;
  run_rows<T>(cell.backward, plan, gate_count(s.cell), memory.scratch);

  const MatrixView<const T> d_gates{plan.d_gates, rows, columns, columns, 1};
  const InputSegments segments = input_segments(s.cell, units);
  const MatrixView<const T> kernel = as_matrix(s.kernel);
  const MatrixView<const T> x = gradients.kernel ? valid_inputs(s, memory.valid_x) : as_rows(s.x);
  for (int i = 0; i < segments.count; ++i) {
    const Segment part = segments.parts[i];
    const MatrixView<const T> d_part = d_gates.columns(part.gradient, part.count);
    if (gradients.x)
      product<T>(d_part, kernel.columns(part.kernel, part.count).transposed(), as_rows(gradients.x), nullptr, i > 0);
    if (gradients.kernel)
      product<T>(x.transposed(), d_part, as_matrix(gradients.kernel).columns(part.kernel, part.count));
    if (gradients.bias) column_sums<T>(d_part, gradients.bias.data + part.kernel);
  }
  const std::int64_t recurrent_columns = gate_count(s.cell) * units;
  if (gradients.bias && bias_rows(s.cell) == 2)
    column_sums<T>(d_gates.columns(0, recurrent_columns), gradients.bias.data + recurrent_columns);
  if (gradients.recurrent_kernel) {
    const MatrixView<T> to = as_matrix(gradients.recurrent_kernel);
    if (rows == 0) {
      std::fill(to.data, to.data + gradients.recurrent_kernel.size(), T(0));
    } else {
      recurrent_gradient<T>(s, record.states, d_gates, memory, to);
    }
  }
}

template void forward<float>(const Sequence<float>&, const Record<float>&);
template void forward<double>(const Sequence<double>&, const Record<double>&);
template void backward<float>(const Sequence<float>&, const Record<const float>&, const Arriving<float>&,
                              const Gradients<float>&);
template void backward<double>(const Sequence<double>&, const Record<const double>&, const Arriving<double>&,
                               const Gradients<double>&);

}  // namespace remy
