#include "remy/stream.h"

#include <algorithm>

#include "kernels.h"
#include "time_pass.h"

namespace remy {
namespace {

template <class T>
MatrixView<const T> matrix(View<const T, 2> view) {
  return {view.data, view.shape[0], view.shape[1], view.shape[1], 1};
}

}  // namespace

template <class T>
PackedCell<T>::PackedCell(Cell cell, View<const T, 2> kernel, View<const T, 2> recurrent_kernel, View<const T, 1> bias)
    : cell_(cell),
      units_(recurrent_kernel.shape[0]),
      kernels_(&kernels<T>()),
      input_(matrix(kernel)),
      recurrent_(kernels_->of(cell).packed_forward_size(units_)),
      has_bias_(bias) {
  kernels_->of(cell).pack_forward(matrix(recurrent_kernel), recurrent_.data());
  if (has_bias_) {
    const std::int64_t columns = gate_count(cell) * units_;
    std::copy(bias.data, bias.data + columns, input_bias_.resize(columns));
    if (bias_rows(cell) == 2) std::copy(bias.data + columns, bias.data + 2 * columns, recurrent_bias_.resize(columns));
  }
}

template <class T>
void PackedCell<T>::step(View<const T, 2> x, View<T, 2> h, View<T, 2> c) {
  Sequence<T> sequence{};
  sequence.x = {x.data, {1, x.shape[0], x.shape[1]}};
  run(sequence, h, c, {});
}

template <class T>
void PackedCell<T>::run(const Sequence<T>& s, View<T, 2> h, View<T, 2> c, View<T, 3> outputs) {
  const std::int64_t rows = s.steps() * s.batch(), columns = gate_count(cell_) * units_;
  T* projected = projected_.resize(rows * columns);
  input_.apply({s.x.data, rows, inputs(), inputs(), 1}, {projected, rows, columns, columns, 1}, input_bias_.data());

  ForwardPlan<T> plan{};
  plan.steps = s.steps();
  plan.batch = s.batch();
  plan.units = units_;
  plan.projected = projected;
  plan.packed = recurrent_.data();
  plan.recurrent_bias = recurrent_bias_.data();
  plan.h0 = h.data;
  plan.c0 = c.data;
  plan.lengths = s.lengths.data;
  plan.mask = s.mask.data;
  plan.reverse = s.reverse;
  plan.zero_output = s.zero_output;
  (s.outputs_are_states() ? plan.states : plan.outputs) = outputs.data;
  plan.h_final = h.data;
  plan.c_final = c.data;
  run_rows<T>(kernels_->of(cell_).forward, plan, gate_count(cell_), scratch_);
}

template class PackedCell<float>;
template class PackedCell<double>;

}  // namespace remy
