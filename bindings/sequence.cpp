// sequence_forward and sequence_backward, for remy.ops alone: it has checked every shape and holds every tensor, and a
// layer is called so often that turning each tensor into an array object would cost more than a small layer itself. So
// arrays come as addresses, 0 for none.
#include "remy/sequence.h"

#include <nanobind/stl/string.h>

#include "arrays.h"

namespace remy::python {
namespace {

using Address = std::uintptr_t;

template <class T>
T* pointer(Address address) {
  return reinterpret_cast<T*>(address);
}

struct Sizes {
  std::int64_t steps, batch;
  bool batch_first;

  template <class T>
  StepView<T> every(Address address, std::int64_t width, bool rows_first) const {
    if (address == 0) return {};
    if (rows_first) return {pointer<T>(address), width, steps * width};
    return {pointer<T>(address), batch * width, width};
  }

  // Of the caller's order, or always by time.
  template <class T>
  StepView<T> outer(Address address, std::int64_t width) const {
    return every<T>(address, width, batch_first);
  }
  template <class T>
  StepView<T> by_time(Address address, std::int64_t width) const {
    return every<T>(address, width, false);
  }
};

// What forward and backward are both given.
struct Given {
  int cell;
  std::int64_t steps, batch, inputs, units;
  bool batch_first, reverse, zero_output;
  Address x, kernel, recurrent_kernel, bias, h0, c0, lengths, mask, recurrent_dropout;

  Sizes sizes() const { return {steps, batch, batch_first}; }

  template <class T>
  Sequence<T> sequence() const {
    Sequence<T> s;
    s.cell = static_cast<Cell>(cell);
    s.steps = steps;
    s.batch = batch;
    s.inputs = inputs;
    s.units = units;
    s.x = sizes().outer<const T>(x, inputs);
    s.kernel = pointer<const T>(kernel);
    s.recurrent_kernel = pointer<const T>(recurrent_kernel);
    s.bias = pointer<const T>(bias);
    s.h0 = pointer<const T>(h0);
    s.c0 = pointer<const T>(c0);
    s.lengths = pointer<const std::int64_t>(lengths);
    s.mask = sizes().outer<const bool>(mask, 1);
    s.recurrent_dropout = pointer<const T>(recurrent_dropout);
    s.reverse = reverse;
    s.zero_output = zero_output;
    return s;
  }

  // Row of the first length outside 0 to T, or -1.
  std::int64_t wrong_length() const {
    const auto* values = pointer<const std::int64_t>(lengths);
    for (std::int64_t row = 0; values != nullptr && row < batch; ++row)
      if (values[row] < 0 || values[row] > steps) return row;
    return -1;
  }
};

struct ForwardTo {
  Address outputs, states, cells, gates, h_final, c_final;
};

template <class T>
void run_forward(const Given& given, const ForwardTo& to) {
  const Sequence<T> s = given.sequence<T>();
  const Sizes sizes = given.sizes();
  Record<T> record;
  record.outputs = sizes.outer<T>(to.outputs, s.units);
  record.states = sizes.outer<T>(to.states, s.units);
  record.cells = sizes.by_time<T>(to.cells, s.units);
  record.gates = sizes.by_time<T>(to.gates, slot_count(s.cell) * s.units);
  record.h_final = pointer<T>(to.h_final);
  record.c_final = pointer<T>(to.c_final);
  forward(s, record);
}

struct BackwardFrom {
  Address states, cells, gates, d_outputs, d_h_final, d_c_final;
};

struct BackwardTo {
  Address x, kernel, recurrent_kernel, bias, h0, c0, states, cells;
};

template <class T>
void run_backward(const Given& given, const BackwardFrom& from, const BackwardTo& to) {
  const Sequence<T> s = given.sequence<T>();
  const Sizes sizes = given.sizes();
  Record<const T> record;
  record.states = sizes.outer<const T>(from.states, s.units);
  record.cells = sizes.by_time<const T>(from.cells, s.units);
  record.gates = sizes.by_time<const T>(from.gates, slot_count(s.cell) * s.units);
  Arriving<T> arriving;
  arriving.outputs = sizes.outer<const T>(from.d_outputs, s.units);
  arriving.h_final = pointer<const T>(from.d_h_final);
  arriving.c_final = pointer<const T>(from.d_c_final);
  Gradients<T> gradients;
  gradients.x = sizes.outer<T>(to.x, s.inputs);
  gradients.kernel = pointer<T>(to.kernel);
  gradients.recurrent_kernel = pointer<T>(to.recurrent_kernel);
  gradients.bias = pointer<T>(to.bias);
  gradients.h0 = pointer<T>(to.h0);
  gradients.c0 = pointer<T>(to.c0);
  gradients.states = sizes.by_time<T>(to.states, s.units);
  gradients.cells = sizes.by_time<T>(to.cells, s.units);
  backward(s, record, arriving, gradients);
}

}  // namespace

// In the order of remy.ops.core.
#define REMY_GIVEN                                                                                           \
  int cell, bool twofold, std::int64_t steps, std::int64_t batch, std::int64_t inputs, std::int64_t units,   \
      bool batch_first, bool reverse, bool zero_output, Address x, Address kernel, Address recurrent_kernel, \
      Address bias, Address h0, Address c0, Address lengths, Address mask, Address recurrent_dropout
#define REMY_GIVEN_VALUES                                                                                   \
  {cell, steps, batch, inputs,  units, batch_first,      reverse, zero_output, x, kernel, recurrent_kernel, \
   bias, h0,    c0,    lengths, mask,  recurrent_dropout}

void bind_sequence(nb::module_& module) {
  module.def("cell_index", [](const std::string& name) { return static_cast<int>(cell_named(name)); });
  module.def(
      "sequence_forward",
      [](REMY_GIVEN, Address outputs, Address states, Address cells, Address gates, Address h, Address c) {
        const Given given = REMY_GIVEN_VALUES;
        const std::int64_t wrong = given.wrong_length();
        if (wrong >= 0) return wrong;
        const nb::gil_scoped_release release;
        const ForwardTo to{outputs, states, cells, gates, h, c};
        twofold ? run_forward<double>(given, to) : run_forward<float>(given, to);
        return wrong;
      },
      "Fill the arrays at the last six addresses; or return the first row whose length is not from 0 to T, else -1.");
  module.def(
      "sequence_backward",
      [](REMY_GIVEN, Address states, Address cells, Address gates, Address d_outputs, Address d_h, Address d_c,
         Address d_x, Address d_kernel, Address d_recurrent_kernel, Address d_bias, Address d_h0, Address d_c0,
         Address d_states, Address d_cells) {
        const Given given = REMY_GIVEN_VALUES;
        const std::int64_t wrong = given.wrong_length();
        if (wrong >= 0) return wrong;
        const nb::gil_scoped_release release;
        const BackwardFrom from{states, cells, gates, d_outputs, d_h, d_c};
        const BackwardTo to{d_x, d_kernel, d_recurrent_kernel, d_bias, d_h0, d_c0, d_states, d_cells};
        twofold ? run_backward<double>(given, from, to) : run_backward<float>(given, from, to);
        return wrong;
      },
      "Fill the arrays at the last eight addresses from what sequence_forward wrote; refuses lengths as it does.");
}

}  // namespace remy::python
