// One recurrent layer over whole sequences, forward and backward.
//
// Arrays are time-major, (T, B, ...): the rows of one step lie together. Step t of row b is valid when t < lengths[b]
// and mask[t][b]; an invalid step carries the state on unchanged and takes no part in any gradient. The output there is
// the carried state, or zero with `zero_output`. With `reverse`, time runs from T-1 to 0; outputs stay at their own t,
// and the final state is the one after t = 0.
#pragma once

#include <cstdint>

#include "remy/cell.h"
#include "remy/view.h"

namespace remy {

template <class T>
struct Sequence {
  Cell cell = Cell::simple_rnn_tanh;
  View<const T, 3> x;                   // (T, B, I)
  View<const T, 2> kernel;              // (I, G*H)
  View<const T, 2> recurrent_kernel;    // (H, G*H)
  View<const T, 1> bias;                // (G*H,), reset_after (2*3H,), or none
  View<const T, 2> h0;                  // (B, H), or none for zeros
  View<const T, 2> c0;                  // (B, H), or none for zeros
  View<const std::int64_t, 1> lengths;  // (B,), or none
  View<const bool, 2> mask;             // (T, B), or none
  View<const T, 2> recurrent_dropout;   // (B, H), factors of h where it enters the recurrent product, or none
  bool reverse = false;
  bool zero_output = false;

  std::int64_t steps() const { return x.shape[0]; }
  std::int64_t batch() const { return x.shape[1]; }
  std::int64_t inputs() const { return x.shape[2]; }
  std::int64_t units() const { return recurrent_kernel.shape[0]; }

  // Whether a step of a row can be invalid, and whether the outputs can then differ from the carried states.
  bool masked() const { return lengths || mask; }
  bool outputs_are_states() const { return !(zero_output && masked()); }
};

// What forward writes; any view may be none. `states` (the carried h of every step), `cells` (LSTM) and `gates` are
// what backward reads.
template <class T>
struct Record {
  View<T, 3> outputs;  // (T, B, H)
  View<T, 3> states;   // (T, B, H)
  View<T, 3> cells;    // (T, B, H)
  View<T, 4> gates;    // (T, B, S, H)
  View<T, 2> h_final;  // (B, H)
  View<T, 2> c_final;  // (B, H)
};

// Gradients that arrive from outside; none means zeros.
template <class T>
struct Arriving {
  View<const T, 3> outputs;  // (T, B, H)
  View<const T, 2> h_final;  // (B, H)
  View<const T, 2> c_final;  // (B, H)
};

// Gradients that backward writes; any view may be none.
template <class T>
struct Gradients {
  View<T, 3> x;
  View<T, 2> kernel;
  View<T, 2> recurrent_kernel;
  View<T, 1> bias;
  View<T, 2> h0;
  View<T, 2> c0;
  View<T, 3> states;  // (T, B, H): the whole gradient that arrives at every h_t
  View<T, 3> cells;   // (T, B, H): the same for every c_t
};

template <class T>
void forward(const Sequence<T>& sequence, const Record<T>& record);

// `record.states`, and `cells` and `gates` where the cell has them, are as forward wrote them.
template <class T>
void backward(const Sequence<T>& sequence, const Record<const T>& record, const Arriving<T>& arriving,
              const Gradients<T>& gradients);

}  // namespace remy
