// One recurrent layer over whole sequences, forward and backward.
//
// Step t of row b is valid when t < lengths[b] and the mask is true there; an invalid step carries the state on
// unchanged and takes no part in any gradient. The output there is the carried state, or zero with `zero_output`. With
// `reverse`, time runs from T-1 to 0; outputs stay at their own t, and the final state is the one after t = 0.
//
// Arrays over steps and rows may be time-major, (T, B, ...), or batch-first, (B, T, ...), each on its own.
#pragma once

#include <cstdint>

#include "remy/cell.h"
#include "remy/view.h"

namespace remy {

template <class T>
struct Sequence {
  Cell cell = Cell::simple_rnn_tanh;
  std::int64_t steps = 0, batch = 0, inputs = 0, units = 0;
  StepView<const T> x;                    // I features
  const T* kernel = nullptr;              // (I, G*H)
  const T* recurrent_kernel = nullptr;    // (H, G*H)
  const T* bias = nullptr;                // (G*H,), reset_after (2, 3*H); null for none
  const T* h0 = nullptr;                  // (B, H); null for zeros
  const T* c0 = nullptr;                  // (B, H); null for zeros
  const std::int64_t* lengths = nullptr;  // (B,), each from 0 to T; null where all rows are full
  StepView<const bool> mask;              // null where all steps count
  const T* recurrent_dropout = nullptr;   // (B, H), factors of h where it enters the recurrent product; null for none
  bool reverse = false;
  bool zero_output = false;

  std::int64_t columns() const { return gate_count(cell) * units; }

  // Whether a step of a row can be invalid, and whether the outputs can then differ from the carried states.
  bool masked() const { return lengths != nullptr || mask; }
  bool outputs_are_states() const { return !(zero_output && masked()); }
};

// What forward writes; anything may be null. `states` (the carried h of every step), `cells` (LSTM) and `gates` are
// what backward reads; where the outputs are the states, they may be the same array.
template <class T>
struct Record {
  StepView<T> outputs;   // H features
  StepView<T> states;    // H
  StepView<T> cells;     // H
  StepView<T> gates;     // S*H, slot by slot; zero at invalid steps
  T* h_final = nullptr;  // (B, H); may be h0's memory
  T* c_final = nullptr;  // (B, H); may be c0's memory
};

// Gradients that arrive from outside; null means zeros.
template <class T>
struct Arriving {
  StepView<const T> outputs;   // H
  const T* h_final = nullptr;  // (B, H)
  const T* c_final = nullptr;  // (B, H)
};

// Gradients that backward writes; anything may be null.
template <class T>
struct Gradients {
  StepView<T> x;
  T* kernel = nullptr;
  T* recurrent_kernel = nullptr;
  T* bias = nullptr;
  T* h0 = nullptr;
  T* c0 = nullptr;
  StepView<T> states;  // H: the whole gradient that arrives at every h_t
  StepView<T> cells;   // H: the same for every c_t
};

template <class T>
void forward(const Sequence<T>& sequence, const Record<T>& record);

// `record.states`, and `cells` and `gates` where the cell has them, are as forward wrote them.
template <class T>
void backward(const Sequence<T>& sequence, const Record<const T>& record, const Arriving<T>& arriving,
              const Gradients<T>& gradients);

}  // namespace remy
