// Packed weights for the runtime: PackedCell and PackedDense. The arrays' dtype chooses float32 or float64.
#include "remy/stream.h"

#include <nanobind/stl/string.h>

#include "arrays.h"

namespace remy::python {
namespace {

template <class T>
class PackedDense {
 public:
  PackedDense(const Array<const T, 2>& kernel, const Array<const T, 1>& bias)
      : weights_(MatrixView<const T>{kernel.data(), static_cast<std::int64_t>(kernel.shape(0)),
                                     static_cast<std::int64_t>(kernel.shape(1)),
                                     static_cast<std::int64_t>(kernel.shape(1)), 1}) {
    const View<const T, 1> given = view<const T, 1>("bias", bias, {weights_.cols()});
    if (given) std::copy(given.data, given.data + weights_.cols(), bias_.resize(weights_.cols()));
  }

  void apply(const Array<const T, 2>& x, const Array<T, 2>& out) const {
    const auto rows = static_cast<std::int64_t>(x.shape(0));
    const auto from = view<const T, 2>("x", x, {rows, weights_.rows()});
    const auto to = view<T, 2>("out", out, {rows, weights_.cols()});
    const nb::gil_scoped_release release;
    weights_.apply({from.data, rows, weights_.rows(), weights_.rows(), 1},
                   {to.data, rows, weights_.cols(), weights_.cols(), 1}, bias_.data());
  }

 private:
  PackedMatrix<T> weights_;
  Buffer<T> bias_;
};

template <class T>
View<T, 2> state(const char* name, const PackedCell<T>& self, const Array<T, 2>& array, std::int64_t batch) {
  return view<T, 2>(name, array, {batch, self.units()});
}

template <class T>
View<T, 2> cell_state(const PackedCell<T>& self, const Array<T, 2>& c, std::int64_t batch) {
  if (c.is_valid() != has_cell_state(self.cell()))
    throw std::invalid_argument("c: expected an array for the LSTM and None for every other cell");
  return state("c", self, c, batch);
}

// A cell with the arrays that it reads and writes at every call: turning arguments into arrays would take as long as a
// step of a small cell.
template <class T>
class BoundStep {
 public:
  BoundStep(const nb::object& cell, const Array<const T, 2>& x, const Array<T, 2>& h, const Array<T, 2>& c)
      : owner_(cell), x_(x), h_(h), c_(c), cell_(nb::cast<PackedCell<T>&>(cell)) {
    const auto batch = static_cast<std::int64_t>(x.shape(0));
    from_ = view<const T, 2>("x", x, {batch, cell_.inputs()});
    to_ = state("h", cell_, h, batch);
    carried_ = cell_state(cell_, c, batch);
    long_ = batch * cell_.units() * (cell_.units() + cell_.inputs()) >= kLongStep;
  }

  void operator()() {
    if (long_) {
      const nb::gil_scoped_release release;
      cell_.step(from_, to_, carried_);
    } else {
      cell_.step(from_, to_, carried_);
    }
  }

 private:
  // Multiply-adds a gate from which on other threads of Python are let in: a microsecond or two.
  static constexpr std::int64_t kLongStep = std::int64_t(1) << 16;

  nb::object owner_;
  Array<const T, 2> x_;
  Array<T, 2> h_, c_;
  PackedCell<T>& cell_;
  View<const T, 2> from_;
  View<T, 2> to_, carried_;
  bool long_;
};

template <class T>
StepView<T> by_time(View<T, 3> view) {
  return {view.data, view.shape[1] * view.shape[2], view.shape[2]};
}

template <class T>
void bind_types(nb::module_& module, const char* cell_name, const char* step_name, const char* dense_name) {
  nb::class_<BoundStep<T>>(module, step_name).def("__call__", &BoundStep<T>::operator());
  nb::class_<PackedCell<T>>(module, cell_name)
      .def(
          "__init__",
          [](PackedCell<T>* self, const std::string& name, const Array<const T, 2>& kernel,
             const Array<const T, 2>& recurrent_kernel,
             const nb::ndarray<const T, nb::c_contig, nb::device::cpu>& bias) {
            const Cell cell = cell_named(name);
            const LayerShape layer(cell, static_cast<std::int64_t>(kernel.shape(0)),
                                   static_cast<std::int64_t>(recurrent_kernel.shape(0)));
            View<const T, 1> bias_view;
            if (bias.is_valid()) {
              if (static_cast<std::int64_t>(bias.size()) != layer.bias)
                throw std::invalid_argument("bias: expected " + std::to_string(layer.bias) + " values, got " +
                                            std::to_string(bias.size()));
              bias_view = {bias.data(), {layer.bias}};
            }
            new (self) PackedCell<T>(
                cell, view<const T, 2>("kernel", kernel, {layer.inputs, layer.columns}),
                view<const T, 2>("recurrent_kernel", recurrent_kernel, {layer.units, layer.columns}), bias_view);
          },
          nb::arg("cell"), nb::arg("kernel").noconvert(), nb::arg("recurrent_kernel").noconvert(),
          nb::arg("bias").noconvert().none())
      .def(
          "step",
          [](PackedCell<T>& self, const Array<const T, 2>& x, const Array<T, 2>& h, const Array<T, 2>& c) {
            const auto batch = static_cast<std::int64_t>(x.shape(0));
            const auto from = view<const T, 2>("x", x, {batch, self.inputs()});
            const auto to = state("h", self, h, batch);
            const auto carried = cell_state(self, c, batch);
            const nb::gil_scoped_release release;
            self.step(from, to, carried);
          },
          nb::arg("x").noconvert(), nb::arg("h").noconvert(), nb::arg("c").noconvert().none())
      .def(
          "bind",
          [](const nb::object& self, const Array<const T, 2>& x, const Array<T, 2>& h, const Array<T, 2>& c) {
            return BoundStep<T>(self, x, h, c);
          },
          nb::arg("x").noconvert(), nb::arg("h").noconvert(), nb::arg("c").noconvert().none(),
          "A call without arguments that takes a step with these very arrays.")
      .def(
          "sequence",
          [](PackedCell<T>& self, const Array<const T, 3>& x, const Array<T, 2>& h, const Array<T, 2>& c,
             const Array<const std::int64_t, 1>& lengths, const Array<const bool, 2>& mask, bool reverse,
             bool zero_output, const Array<T, 3>& outputs) {
            const auto steps = static_cast<std::int64_t>(x.shape(0)), batch = static_cast<std::int64_t>(x.shape(1));
            Sequence<T> s;
            s.steps = steps;
            s.batch = batch;
            s.x = by_time(view<const T, 3>("x", x, {steps, batch, self.inputs()}));
            s.lengths = view<const std::int64_t, 1>("lengths", lengths, {batch}).data;
            for (std::int64_t row = 0; s.lengths != nullptr && row < batch; ++row)
              if (s.lengths[row] < 0 || s.lengths[row] > steps)
                throw std::invalid_argument("lengths: expected 0 to T = " + std::to_string(steps) + ", got " +
                                            std::to_string(s.lengths[row]) + " in row " + std::to_string(row));
            s.mask = {view<const bool, 2>("mask", mask, {steps, batch}).data, batch, 1};
            s.reverse = reverse;
            s.zero_output = zero_output;
            const auto to = state("h", self, h, batch);
            const auto carried = cell_state(self, c, batch);
            const auto every = view<T, 3>("outputs", outputs, {steps, batch, self.units()});
            const nb::gil_scoped_release release;
            self.run(s, to, carried, by_time(every));
          },
          nb::arg("x").noconvert(), nb::arg("h").noconvert(), nb::arg("c").noconvert().none(),
          nb::arg("lengths").noconvert().none(), nb::arg("mask").noconvert().none(), nb::arg("reverse"),
          nb::arg("zero_output"), nb::arg("outputs").noconvert().none());
  nb::class_<PackedDense<T>>(module, dense_name)
      .def(nb::init<const Array<const T, 2>&, const Array<const T, 1>&>(), nb::arg("kernel").noconvert(),
           nb::arg("bias").noconvert().none())
      .def("apply", &PackedDense<T>::apply, nb::arg("x").noconvert(), nb::arg("out").noconvert());
}

}  // namespace

void bind_stream(nb::module_& module) {
  bind_types<float>(module, "PackedCell", "BoundStep", "PackedDense");
  bind_types<double>(module, "PackedCell64", "BoundStep64", "PackedDense64");
}

}  // namespace remy::python
