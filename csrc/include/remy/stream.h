// A layer with its weights packed once, for running a trained network.
#pragma once

#include <cstdint>
#include <memory>

#include "remy/cell.h"
#include "remy/product.h"
#include "remy/sequence.h"
#include "remy/view.h"
#include "remy/workspace.h"

namespace remy {

template <class T>
struct ForwardMemory;

template <class T>
class PackedCell {
 public:
  PackedCell(Cell cell, View<const T, 2> kernel, View<const T, 2> recurrent_kernel, View<const T, 1> bias);
  ~PackedCell();
  PackedCell(const PackedCell&) = delete;
  PackedCell& operator=(const PackedCell&) = delete;

  // h and c (B, H) move on by one step of x (B, I), in place. Not for two threads at once. Allocates nothing once a
  // batch of this size has been seen.
  void step(View<const T, 2> x, View<T, 2> h, View<T, 2> c);

  // The same over a sequence of which x, the batch's sizes, lengths, mask, reverse and zero_output are read; h and c
  // become the final state. `outputs` may be null.
  void run(const Sequence<T>& sequence, View<T, 2> h, View<T, 2> c, StepView<T> outputs);

  Cell cell() const { return cell_; }
  std::int64_t inputs() const { return inputs_; }
  std::int64_t units() const { return units_; }

 private:
  Cell cell_;
  std::int64_t inputs_, units_;
  const Kernels<T>* kernels_;
  Buffer<T> kernel_, kernel_of_one_, recurrent_kernel_, recurrent_kernel_of_one_, bias_, bias_of_one_, recurrent_bias_;
  const T* several_rows_;  // the recurrent kernel as a batch of several rows, or of one, reads it
  const T* one_row_;
  std::unique_ptr<ForwardMemory<T>> memory_;
};

}  // namespace remy
