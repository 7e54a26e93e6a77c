#include <limits>

#include "layer.h"
#include "remy/threads.h"

namespace remy {
namespace {

using testing::Layer;
using testing::random_values;

template <class Check>
void for_every_cell(Check check) {
  for (int i = 0; i < kCellCount; ++i) check(static_cast<Cell>(i));
}

template <class T>
void check_forward(Cell cell, std::int64_t steps, std::int64_t batch, std::int64_t inputs, std::int64_t units,
                   bool reverse, bool zero_output, double tolerance) {
  Layer<T> layer(cell, steps, batch, inputs, units, reverse, zero_output);
  layer.run();
  std::vector<double> h, c;
  const auto outputs = testing::textbook(layer, h, c);
  for (std::size_t i = 0; i < outputs.size(); ++i) CHECK_CLOSE(layer.outputs[i], outputs[i], tolerance);
  for (std::size_t i = 0; i < h.size(); ++i) CHECK_CLOSE(layer.h[i], h[i], tolerance);
  if (has_cell_state(cell))
    for (std::size_t i = 0; i < c.size(); ++i) CHECK_CLOSE(layer.c[i], c[i], tolerance);
}

TEST("every cell follows its equations, with masks, lengths, dropout, initial state and either direction") {
  for_every_cell([](Cell cell) {
    for (bool reverse : {false, true}) {
      check_forward<double>(cell, 6, 7, 3, 5, reverse, false, 1e-12);
      check_forward<double>(cell, 4, 3, 1, 17, reverse, true, 1e-12);
      check_forward<float>(cell, 5, 4, 2, 65, reverse, true, 2e-5);
    }
  });
}

TEST("sizes of zero and one work") {
  for_every_cell([](Cell cell) {
    check_forward<float>(cell, 1, 1, 1, 1, false, false, 1e-5);
    check_forward<float>(cell, 0, 2, 3, 4, false, false, 1e-5);
    check_forward<float>(cell, 3, 0, 3, 4, true, false, 1e-5);
    check_forward<float>(cell, 3, 2, 0, 4, false, false, 1e-5);
    check_forward<float>(cell, 3, 2, 3, 0, false, false, 1e-5);
  });
}

// A loss with a different weight for every output and final state, so that every gradient is distinct.
struct Loss {
  std::vector<double> outputs, h, c;

  explicit Loss(const Layer<double>& l)
      : outputs(random_values(l.outputs.size(), 91)),
        h(random_values(l.h.size(), 92)),
        c(random_values(l.c.size(), 93)) {}

  double operator()(Layer<double>& l) const {
    l.run();
    double sum = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) sum += outputs[i] * l.outputs[i];
    for (std::size_t i = 0; i < h.size(); ++i) sum += h[i] * l.h[i];
    if (has_cell_state(l.cell))
      for (std::size_t i = 0; i < c.size(); ++i) sum += c[i] * l.c[i];
    return sum;
  }
};

void check_gradient(Layer<double>& layer, const Loss& loss, std::vector<double>& parameter,
                    const std::vector<double>& got) {
  constexpr double step = 1e-5;
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    const double value = parameter[i];
    parameter[i] = value + step;
    const double above = loss(layer);
    parameter[i] = value - step;
    const double below = loss(layer);
    parameter[i] = value;
    CHECK_CLOSE(got[i], (above - below) / (2 * step), 2e-6);
  }
}

TEST("every gradient equals the slope of the loss") {
  for_every_cell([](Cell cell) {
    for (bool reverse : {false, true}) {
      for (bool zero_output : {false, true}) {
        Layer<double> l(cell, 4, 3, 2, 5, reverse, zero_output);
        if (cell == Cell::simple_rnn_relu)
          for (auto& bias : l.bias) bias += 0.5;  // away from the corner at zero
        const Loss loss(l);
        loss(l);
        const Record<const double> record = l.recorded();
        Arriving<double> arriving;
        arriving.outputs = l.every(loss.outputs.data(), 5);
        arriving.h_final = loss.h.data();
        arriving.c_final = loss.c.data();
        std::vector<double> x(l.x.size()), kernel(l.kernel.size()), recurrent(l.recurrent.size()), bias(l.bias.size()),
            h0(l.h0.size()), c0(l.c0.size()), states(l.states.size()), cells(l.cells.size());
        const Sequence<double> s = l.sequence();
        Gradients<double> gradients;
        gradients.x = l.every(x.data(), 2);
        gradients.kernel = kernel.data();
        gradients.recurrent_kernel = recurrent.data();
        gradients.bias = bias.data();
        gradients.h0 = h0.data();
        gradients.c0 = c0.data();
        gradients.states = l.every(states.data(), 5);
        gradients.cells = l.every(cells.data(), 5);
        backward(s, record, arriving, gradients);
        check_gradient(l, loss, l.x, x);
        check_gradient(l, loss, l.kernel, kernel);
        check_gradient(l, loss, l.recurrent, recurrent);
        check_gradient(l, loss, l.bias, bias);
        check_gradient(l, loss, l.h0, h0);
        if (has_cell_state(cell)) check_gradient(l, loss, l.c0, c0);
        // At the step that runs last, what arrives at h_t is the loss's own slope there.
        const std::int64_t t = reverse ? 0 : 3;
        for (std::int64_t b = 0; b < 3; ++b)
          for (std::int64_t u = 0; u < 5; ++u) {
            const bool seen = l.valid(t, b) || !zero_output;
            const auto at = (t * 3 + b) * 5 + u;
            CHECK_CLOSE(states[at], loss.h[b * 5 + u] + (seen ? loss.outputs[at] : 0.0), 1e-12);
          }
      }
    }
  });
}

TEST("results do not depend on the number of threads or on the other rows, to the last bit") {
  const int before = num_threads();
  for_every_cell([](Cell cell) {
    Layer<float> one(cell, 40, 13, 20, 37), two(cell, 40, 13, 20, 37);
    set_num_threads(1);
    one.run();
    set_num_threads(3);
    two.run();
    CHECK(one.outputs == two.outputs && one.gates == two.gates && one.h == two.h);
  });
  set_num_threads(before);
}

TEST("NaN at a masked step, in the input or the carried state, reaches no gradient") {
  for_every_cell([](Cell cell) {
    Layer<double> l(cell, 4, 3, 2, 5);
    for (std::int64_t u = 5; u < 10; ++u) {  // row 1 has length 0
      l.h0[u] = std::numeric_limits<double>::quiet_NaN();
      l.c0[u] = std::numeric_limits<double>::quiet_NaN();
    }
    for (std::int64_t t = 0; t < 4; ++t)
      for (std::int64_t b = 0; b < 3; ++b)
        if (!l.valid(t, b)) l.x[(t * 3 + b) * 2] = std::numeric_limits<double>::quiet_NaN();
    const Loss loss(l);
    loss(l);
    for (std::int64_t u = 0; u < 15; ++u) CHECK(std::isfinite(l.h[u]) == (u < 5 || u >= 10));
    std::vector<double> kernel(l.kernel.size()), recurrent(l.recurrent.size());
    Gradients<double> gradients;
    gradients.kernel = kernel.data();
    gradients.recurrent_kernel = recurrent.data();
    Arriving<double> arriving;
    arriving.outputs = l.every(loss.outputs.data(), 5);
    const Record<const double> record = l.recorded();
    backward(l.sequence(), record, arriving, gradients);
    for (double value : kernel) CHECK(std::isfinite(value));
    for (double value : recurrent) CHECK(std::isfinite(value));
  });
}

}  // namespace
}  // namespace remy
