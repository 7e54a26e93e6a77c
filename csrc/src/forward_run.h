// The forward pass of a layer whose weights are packed.
#pragma once

#include "kernels.h"
#include "remy/sequence.h"
#include "remy/workspace.h"
#include "row_order.h"

namespace remy {

template <class T>
struct PackedLayer {
  const Kernels<T>* kernels;
  const T* kernel;            // by pack_matrix
  const T* recurrent_kernel;  // by pack_forward, for a batch of several rows
  const T* recurrent_kernel_of_one;
  const T* bias;                     // (G*H,) or null
  const T* recurrent_bias;           // (G*H,), reset_after only, or null
  const T* kernel_of_one = nullptr;  // by pack_forward, for a single step of one row; or null
  const T* bias_of_one = nullptr;    // the same
};

// Scratch memory, kept from call to call: fresh pages for every call would cost as much as a small layer.
template <class T>
struct ForwardMemory {
  Buffer<T> values;
  Buffer<unsigned char> flags;
  RowOrder order;
  std::int64_t turn = 0;  // see ForwardPlan
};

// The sequence's own weights are not read.
template <class T>
void run_forward(const PackedLayer<T>& layer, const Sequence<T>& sequence, const Record<T>& record,
                 ForwardMemory<T>& memory);

}  // namespace remy
