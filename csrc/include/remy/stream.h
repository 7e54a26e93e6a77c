// A layer with its weights packed once, for running a trained network.
#pragma once

#include <cstdint>

#include "remy/cell.h"
#include "remy/product.h"
#include "remy/sequence.h"
#include "remy/view.h"
#include "remy/workspace.h"

namespace remy {

template <class T>
class PackedCell {
 public:
  PackedCell(Cell cell, View<const T, 2> kernel, View<const T, 2> recurrent_kernel, View<const T, 1> bias);

  // h and c (B, H) move on by one step of x (B, I), in place. Not for two threads at once. Allocates nothing once a
  // batch of this size has been seen.
  void step(View<const T, 2> x, View<T, 2> h, View<T, 2> c);

  // The same over a sequence whose weights are left out: x (T, B, I), lengths, mask, reverse and zero_output are
  // read from `sequence`; h and c become the final state. `outputs` may be none.
  void run(const Sequence<T>& sequence, View<T, 2> h, View<T, 2> c, View<T, 3> outputs);

  Cell cell() const { return cell_; }
  std::int64_t inputs() const { return input_.rows(); }
  std::int64_t units() const { return units_; }

 private:
  Cell cell_;
  std::int64_t units_;
  const Kernels<T>* kernels_;
  PackedMatrix<T> input_;
  Buffer<T> recurrent_;
  Buffer<T> input_bias_;
  Buffer<T> recurrent_bias_;
  bool has_bias_;
  Buffer<T> projected_;
  Buffer<T> scratch_;
};

}  // namespace remy
