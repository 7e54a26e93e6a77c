// sequence_forward and sequence_backward.
#include "remy/sequence.h"

#include <nanobind/stl/string.h>

#include "arrays.h"

namespace remy::python {
namespace {

template <class T>
Sequence<T> make_sequence(const std::string& cell, const Array<const T, 3>& x, const Array<const T, 2>& kernel,
                          const Array<const T, 2>& recurrent_kernel,
                          const nb::ndarray<const T, nb::c_contig, nb::device::cpu>& bias, const Array<const T, 2>& h0,
                          const Array<const T, 2>& c0, const Array<const std::int64_t, 1>& lengths,
                          const Array<const bool, 2>& mask, const Array<const T, 2>& recurrent_dropout, bool reverse,
                          bool zero_output) {
  Sequence<T> s;
  s.cell = cell_named(cell);
  const Shape<3> size = {static_cast<std::int64_t>(x.shape(0)), static_cast<std::int64_t>(x.shape(1)),
                         static_cast<std::int64_t>(x.shape(2))};
  const LayerShape layer(s.cell, size[2], static_cast<std::int64_t>(recurrent_kernel.shape(0)));
  const Shape<2> state = {size[1], layer.units};
  s.x = view<const T, 3>("x", x, size);
  s.kernel = view<const T, 2>("kernel", kernel, {layer.inputs, layer.columns});
  s.recurrent_kernel = view<const T, 2>("recurrent_kernel", recurrent_kernel, {layer.units, layer.columns});
  if (bias.is_valid()) {
    if (static_cast<std::int64_t>(bias.size()) != layer.bias)
      throw std::invalid_argument("bias: expected " + std::to_string(layer.bias) + " values, got " +
                                  std::to_string(bias.size()));
    s.bias = {bias.data(), {layer.bias}};
  }
  s.h0 = view<const T, 2>("h0", h0, state);
  s.c0 = view<const T, 2>("c0", c0, state);
  s.lengths = view<const std::int64_t, 1>("lengths", lengths, {size[1]});
  s.mask = view<const bool, 2>("mask", mask, {size[0], size[1]});
  s.recurrent_dropout = view<const T, 2>("recurrent_dropout", recurrent_dropout, state);
  s.reverse = reverse;
  s.zero_output = zero_output;
  return s;
}

// What backward reads of the forward pass must be there.
void require_given(bool given, const char* name) {
  if (!given)
    throw std::invalid_argument(std::string(name) + ": expected the array that the forward pass wrote, got None");
}

template <class T>
void bind_forward(nb::module_& module) {
  module.def(
      "sequence_forward",
      [](const std::string& cell, const Array<const T, 3>& x, const Array<const T, 2>& kernel,
         const Array<const T, 2>& recurrent_kernel, const nb::ndarray<const T, nb::c_contig, nb::device::cpu>& bias,
         const Array<const T, 2>& h0, const Array<const T, 2>& c0, const Array<const std::int64_t, 1>& lengths,
         const Array<const bool, 2>& mask, const Array<const T, 2>& recurrent_dropout, bool reverse, bool zero_output,
         const Array<T, 3>& outputs, const Array<T, 3>& states, const Array<T, 3>& cells, const Array<T, 4>& gates,
         const Array<T, 2>& h_final, const Array<T, 2>& c_final) {
        const Sequence<T> s = make_sequence<T>(cell, x, kernel, recurrent_kernel, bias, h0, c0, lengths, mask,
                                               recurrent_dropout, reverse, zero_output);
        const Shape<3> every = {s.steps(), s.batch(), s.units()};
        const Shape<2> last = {s.batch(), s.units()};
        Record<T> record;
        record.outputs = view<T, 3>("outputs", outputs, every);
        record.states = view<T, 3>("states", states, every);
        record.cells = view<T, 3>("cells", cells, every);
        record.gates = view<T, 4>("gates", gates, {s.steps(), s.batch(), slot_count(s.cell), s.units()});
        record.h_final = view<T, 2>("h_final", h_final, last);
        record.c_final = view<T, 2>("c_final", c_final, last);
        const nb::gil_scoped_release release;
        forward(s, record);
      },
      nb::arg("cell"), nb::arg("x").noconvert(), nb::arg("kernel").noconvert(), nb::arg("recurrent_kernel").noconvert(),
      nb::arg("bias").noconvert().none(), nb::arg("h0").noconvert().none(), nb::arg("c0").noconvert().none(),
      nb::arg("lengths").noconvert().none(), nb::arg("mask").noconvert().none(),
      nb::arg("recurrent_dropout").noconvert().none(), nb::arg("reverse"), nb::arg("zero_output"),
      nb::arg("outputs").noconvert().none(), nb::arg("states").noconvert().none(), nb::arg("cells").noconvert().none(),
      nb::arg("gates").noconvert().none(), nb::arg("h_final").noconvert().none(),
      nb::arg("c_final").noconvert().none());
}

template <class T>
void bind_backward(nb::module_& module) {
  module.def(
      "sequence_backward",
      [](const std::string& cell, const Array<const T, 3>& x, const Array<const T, 2>& kernel,
         const Array<const T, 2>& recurrent_kernel, const nb::ndarray<const T, nb::c_contig, nb::device::cpu>& bias,
         const Array<const T, 2>& h0, const Array<const T, 2>& c0, const Array<const std::int64_t, 1>& lengths,
         const Array<const bool, 2>& mask, const Array<const T, 2>& recurrent_dropout, bool reverse, bool zero_output,
         const Array<const T, 3>& states, const Array<const T, 3>& cells, const Array<const T, 4>& gates,
         const Array<const T, 3>& d_outputs, const Array<const T, 2>& d_h_final, const Array<const T, 2>& d_c_final,
         const Array<T, 3>& d_x, const Array<T, 2>& d_kernel, const Array<T, 2>& d_recurrent_kernel,
         const nb::ndarray<T, nb::c_contig, nb::device::cpu>& d_bias, const Array<T, 2>& d_h0, const Array<T, 2>& d_c0,
         const Array<T, 3>& d_states, const Array<T, 3>& d_cells) {
        const Sequence<T> s = make_sequence<T>(cell, x, kernel, recurrent_kernel, bias, h0, c0, lengths, mask,
                                               recurrent_dropout, reverse, zero_output);
        const LayerShape layer(s.cell, s.inputs(), s.units());
        const Shape<3> every = {s.steps(), s.batch(), s.units()};
        const Shape<2> last = {s.batch(), s.units()};
        Record<const T> record;
        record.states = view<const T, 3>("states", states, every);
        record.cells = view<const T, 3>("cells", cells, every);
        record.gates = view<const T, 4>("gates", gates, {s.steps(), s.batch(), slot_count(s.cell), s.units()});
        require_given(states.is_valid(), "states");
        require_given(cells.is_valid() || !has_cell_state(s.cell), "cells");
        require_given(gates.is_valid() || slot_count(s.cell) == 0, "gates");
        Arriving<T> arriving;
        arriving.outputs = view<const T, 3>("d_outputs", d_outputs, every);
        arriving.h_final = view<const T, 2>("d_h_final", d_h_final, last);
        arriving.c_final = view<const T, 2>("d_c_final", d_c_final, last);
        Gradients<T> gradients;
        gradients.x = view<T, 3>("d_x", d_x, {s.steps(), s.batch(), s.inputs()});
        gradients.kernel = view<T, 2>("d_kernel", d_kernel, {layer.inputs, layer.columns});
        gradients.recurrent_kernel = view<T, 2>("d_recurrent_kernel", d_recurrent_kernel, {layer.units, layer.columns});
        if (d_bias.is_valid()) {
          if (static_cast<std::int64_t>(d_bias.size()) != layer.bias)
            throw std::invalid_argument("d_bias: expected " + std::to_string(layer.bias) + " values");
          gradients.bias = {d_bias.data(), {layer.bias}};
        }
        gradients.h0 = view<T, 2>("d_h0", d_h0, last);
        gradients.c0 = view<T, 2>("d_c0", d_c0, last);
        gradients.states = view<T, 3>("d_states", d_states, every);
        gradients.cells = view<T, 3>("d_cells", d_cells, every);
        const nb::gil_scoped_release release;
        backward(s, record, arriving, gradients);
      },
      nb::arg("cell"), nb::arg("x").noconvert(), nb::arg("kernel").noconvert(), nb::arg("recurrent_kernel").noconvert(),
      nb::arg("bias").noconvert().none(), nb::arg("h0").noconvert().none(), nb::arg("c0").noconvert().none(),
      nb::arg("lengths").noconvert().none(), nb::arg("mask").noconvert().none(),
      nb::arg("recurrent_dropout").noconvert().none(), nb::arg("reverse"), nb::arg("zero_output"),
      nb::arg("states").noconvert().none(), nb::arg("cells").noconvert().none(), nb::arg("gates").noconvert().none(),
      nb::arg("d_outputs").noconvert().none(), nb::arg("d_h_final").noconvert().none(),
      nb::arg("d_c_final").noconvert().none(), nb::arg("d_x").noconvert().none(),
      nb::arg("d_kernel").noconvert().none(), nb::arg("d_recurrent_kernel").noconvert().none(),
      nb::arg("d_bias").noconvert().none(), nb::arg("d_h0").noconvert().none(), nb::arg("d_c0").noconvert().none(),
      nb::arg("d_states").noconvert().none(), nb::arg("d_cells").noconvert().none());
}

}  // namespace

void bind_sequence(nb::module_& module) {
  bind_forward<float>(module);
  bind_forward<double>(module);
  bind_backward<float>(module);
  bind_backward<double>(module);
}

}  // namespace remy::python
