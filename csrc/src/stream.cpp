#include "remy/stream.h"

#include <algorithm>

#include "forward_run.h"
#include "kernels.h"

namespace remy {

template <class T>
PackedCell<T>::PackedCell(Cell cell, View<const T, 2> kernel, View<const T, 2> recurrent_kernel, View<const T, 1> bias)
    : cell_(cell),
      inputs_(kernel.shape[0]),
      units_(recurrent_kernel.shape[0]),
      kernels_(&kernels<T>()),
      memory_(std::make_unique<ForwardMemory<T>>()) {
  const std::int64_t columns = gate_count(cell) * units_;
  kernel_.resize(kernels_->packed_matrix_size(inputs_, columns));
  kernels_->pack_matrix({kernel.data, inputs_, columns, columns, 1}, inputs_, 0, kernel_.data());
  const auto pack = [&](const T* weights, std::int64_t depth, bool one_row, Buffer<T>& packed) {
    packed.resize(kernels_->of(cell).packed_forward_size(depth, units_, one_row));
    kernels_->of(cell).pack_forward({weights, depth, columns, columns, 1}, units_, one_row, packed.data());
    return packed.data();
  };
  several_rows_ = pack(recurrent_kernel.data, units_, false, recurrent_kernel_);
  const bool apart = kernels_->of(cell).packs_one_row_apart;
  one_row_ = apart ? pack(recurrent_kernel.data, units_, true, recurrent_kernel_of_one_) : several_rows_;
  pack(kernel.data, inputs_, true, kernel_of_one_);
  if (bias) {
    pack(bias.data, 1, true, bias_of_one_);
    std::copy_n(bias.data, columns, bias_.resize(columns + kCacheLine));
    if (bias_rows(cell) == 2) std::copy_n(bias.data + columns, columns, recurrent_bias_.resize(columns + kCacheLine));
  }
}

template <class T>
PackedCell<T>::~PackedCell() = default;

template <class T>
void PackedCell<T>::step(View<const T, 2> x, View<T, 2> h, View<T, 2> c) {
  Sequence<T> sequence;
  sequence.steps = 1;
  sequence.batch = x.shape[0];
  sequence.x = {x.data, 0, inputs_};
  run(sequence, h, c, {});
}

template <class T>
void PackedCell<T>::run(const Sequence<T>& sequence, View<T, 2> h, View<T, 2> c, StepView<T> outputs) {
  Sequence<T> s = sequence;
  s.cell = cell_;
  s.inputs = inputs_;
  s.units = units_;
  s.h0 = h.data;
  s.c0 = c.data;
  Record<T> record;
  record.outputs = outputs;
  record.h_final = h.data;
  record.c_final = c.data;
  run_forward<T>({kernels_, kernel_.data(), several_rows_, one_row_, bias_.data(), recurrent_bias_.data(),
                  kernel_of_one_.data(), bias_of_one_.data()},
                 s, record, *memory_);
}

template class PackedCell<float>;
template class PackedCell<double>;

}  // namespace remy
