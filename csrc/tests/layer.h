// A layer with random weights and every optional argument, and its forward pass written as in a textbook.
#pragma once

#include <algorithm>
#include <array>

#include "check.h"
#include "remy/sequence.h"

namespace remy::testing {

template <class T>
struct Layer {
  Cell cell;
  std::int64_t steps, batch, inputs, units;
  std::vector<T> x, kernel, recurrent, bias, h0, c0, dropout;
  std::vector<std::int64_t> lengths;
  std::array<bool, 4096> mask{};
  bool reverse, zero_output;
  std::vector<T> outputs, states, cells, gates, h, c;

  Layer(Cell cell, std::int64_t steps, std::int64_t batch, std::int64_t inputs, std::int64_t units,
        bool reverse = false, bool zero_output = false)
      : cell(cell),
        steps(steps),
        batch(batch),
        inputs(inputs),
        units(units),
        reverse(reverse),
        zero_output(zero_output) {
    const auto columns = gate_count(cell) * units;
    unsigned seed = 11;
    const auto fill = [&](std::vector<T>& to, std::int64_t count) {
      const auto values = random_values(static_cast<std::size_t>(count), ++seed, 0.6);
      to.assign(values.begin(), values.end());
    };
    fill(x, steps * batch * inputs);
    fill(kernel, inputs * columns);
    fill(recurrent, units * columns);
    fill(bias, bias_rows(cell) * columns);
    fill(h0, batch * units);
    fill(c0, batch * units);
    fill(dropout, batch * units);
    for (std::int64_t b = 0; b < batch; ++b) lengths.push_back(b == 1 ? 0 : std::max<std::int64_t>(0, steps - b));
    for (std::int64_t i = 0; i < steps * batch; ++i) mask[static_cast<std::size_t>(i)] = i % 5 != 2;
    const auto every = static_cast<std::size_t>(steps * batch * units);
    outputs.resize(every);
    states.resize(every);
    cells.resize(every);
    gates.resize(every * static_cast<std::size_t>(std::max<std::int64_t>(1, slot_count(cell))));
    h.resize(h0.size());
    c.resize(c0.size());
  }

  bool valid(std::int64_t t, std::int64_t b) const {
    return t < lengths[static_cast<std::size_t>(b)] && mask[static_cast<std::size_t>(t * batch + b)];
  }

  template <class V>
  StepView<V> every(V* data, std::int64_t width) const {
    return {data, batch * width, width};
  }

  // The same in batch-first order.
  template <class V>
  StepView<V> by_rows(V* data, std::int64_t width) const {
    return {data, width, steps * width};
  }

  // An array over steps and rows brought from time-major into batch-first order.
  template <class Values>
  Values to_rows(const Values& by_time, std::int64_t width) const {
    Values to = by_time;
    for (std::int64_t t = 0; t < steps; ++t)
      for (std::int64_t b = 0; b < batch; ++b)
        for (std::int64_t i = 0; i < width; ++i)
          to[static_cast<std::size_t>((b * steps + t) * width + i)] =
              by_time[static_cast<std::size_t>((t * batch + b) * width + i)];
    return to;
  }

  View<const T, 2> kernel_view() const { return {kernel.data(), {inputs, gate_count(cell) * units}}; }
  View<const T, 2> recurrent_view() const { return {recurrent.data(), {units, gate_count(cell) * units}}; }
  View<const T, 1> bias_view() const { return {bias.data(), {bias_rows(cell) * gate_count(cell) * units}}; }

  Sequence<T> sequence() const {
    Sequence<T> s;
    s.cell = cell;
    s.steps = steps;
    s.batch = batch;
    s.inputs = inputs;
    s.units = units;
    s.x = every(x.data(), inputs);
    s.kernel = kernel.data();
    s.recurrent_kernel = recurrent.data();
    s.bias = bias.data();
    s.h0 = h0.data();
    if (has_cell_state(cell)) s.c0 = c0.data();
    s.lengths = lengths.data();
    s.mask = every(mask.data(), 1);
    s.recurrent_dropout = dropout.data();
    s.reverse = reverse;
    s.zero_output = zero_output;
    return s;
  }

  Record<T> record() {
    Record<T> r;
    r.outputs = every(outputs.data(), units);
    r.states = every(states.data(), units);
    if (has_cell_state(cell)) r.cells = every(cells.data(), units);
    if (slot_count(cell) > 0) r.gates = every(gates.data(), slot_count(cell) * units);
    r.h_final = h.data();
    if (has_cell_state(cell)) r.c_final = c.data();
    return r;
  }

  // The same as backward reads it.
  Record<const T> recorded() const {
    Record<const T> r;
    r.states = every(states.data(), units);
    if (has_cell_state(cell)) r.cells = every(cells.data(), units);
    if (slot_count(cell) > 0) r.gates = every(gates.data(), slot_count(cell) * units);
    return r;
  }

  void run() { forward(sequence(), record()); }
};

// Every gradient of a layer, with random gradients arriving from outside.
template <class T>
struct Differentiated {
  std::vector<T> d_outputs, d_h, d_c;
  std::vector<T> x, kernel, recurrent, bias, h0, c0, states, cells;

  explicit Differentiated(const Layer<T>& l) {
    unsigned seed = 71;
    const auto draw = [&](std::vector<T>& to, std::size_t count) {
      const auto values = random_values(count, ++seed);
      to.assign(values.begin(), values.end());
    };
    draw(d_outputs, l.outputs.size());
    draw(d_h, l.h.size());
    draw(d_c, l.c.size());
    // What is not written stays a number that no gradient has.
    const T odd = T(-1234567);
    x.assign(l.x.size(), odd);
    kernel.assign(l.kernel.size(), odd);
    recurrent.assign(l.recurrent.size(), odd);
    bias.assign(l.bias.size(), odd);
    h0.assign(l.h0.size(), odd);
    c0.assign(l.c0.size(), odd);
    states.assign(l.states.size(), odd);
    cells.assign(l.cells.size(), odd);
  }

  Arriving<T> arriving(const Layer<T>& l) const {
    Arriving<T> a;
    a.outputs = l.every(d_outputs.data(), l.units);
    a.h_final = d_h.data();
    if (has_cell_state(l.cell)) a.c_final = d_c.data();
    return a;
  }

  Gradients<T> gradients(const Layer<T>& l) {
    Gradients<T> g;
    g.x = l.every(x.data(), l.inputs);
    g.kernel = kernel.data();
    g.recurrent_kernel = recurrent.data();
    g.bias = bias.data();
    g.h0 = h0.data();
    g.states = l.every(states.data(), l.units);
    if (has_cell_state(l.cell)) {
      g.c0 = c0.data();
      g.cells = l.every(cells.data(), l.units);
    }
    return g;
  }

  // Of a layer that has run.
  void run(const Layer<T>& l) {
    const Record<const T> record = l.recorded();
    backward(l.sequence(), record, arriving(l), gradients(l));
  }

  bool operator==(const Differentiated& other) const {
    return x == other.x && kernel == other.kernel && recurrent == other.recurrent && bias == other.bias &&
           h0 == other.h0 && c0 == other.c0 && states == other.states && cells == other.cells;
  }
};

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// Outputs (T, B, H) of the layer by the equations, one unit at a time; h and c become the final state.
template <class T>
std::vector<double> textbook(const Layer<T>& l, std::vector<double>& h, std::vector<double>& c) {
  const auto H = l.units, columns = gate_count(l.cell) * H;
  h.assign(l.h0.begin(), l.h0.end());
  c.assign(l.c0.begin(), l.c0.end());
  std::vector<double> outputs(static_cast<std::size_t>(l.steps * l.batch * H));
  for (std::int64_t s = 0; s < l.steps; ++s) {
    const auto t = l.reverse ? l.steps - 1 - s : s;
    for (std::int64_t b = 0; b < l.batch; ++b) {
      const bool valid = l.valid(t, b);
      const std::vector<double> before(h.begin() + b * H, h.begin() + (b + 1) * H);
      const auto input = [&](std::int64_t gate, std::int64_t u) {
        double sum = l.bias[gate * H + u];
        for (std::int64_t i = 0; i < l.inputs; ++i)
          sum += double(l.x[(t * l.batch + b) * l.inputs + i]) * l.kernel[i * columns + gate * H + u];
        return sum;
      };
      const auto recurrent = [&](std::int64_t gate, std::int64_t u, const std::vector<double>* scale) {
        double sum = l.cell == Cell::gru_reset_after ? l.bias[columns + gate * H + u] : 0.0;
        for (std::int64_t v = 0; v < H; ++v)
          sum +=
              before[v] * l.dropout[b * H + v] * (scale ? (*scale)[v] : 1.0) * l.recurrent[v * columns + gate * H + u];
        return sum;
      };
      const auto pre = [&](std::int64_t gate, std::int64_t u) { return input(gate, u) + recurrent(gate, u, nullptr); };
      std::vector<double> reset(H);
      if (l.cell == Cell::gru_reset_before)
        for (std::int64_t u = 0; u < H; ++u) reset[u] = logistic(pre(1, u));
      for (std::int64_t u = 0; u < H; ++u) {
        double next = 0;
        if (l.cell == Cell::simple_rnn_tanh) next = std::tanh(pre(0, u));
        if (l.cell == Cell::simple_rnn_relu) next = std::fmax(0.0, pre(0, u));
        if (l.cell == Cell::simple_rnn_linear) next = pre(0, u);
        if (l.cell == Cell::lstm) {
          const double cell = logistic(pre(1, u)) * c[b * H + u] + logistic(pre(0, u)) * std::tanh(pre(2, u));
          if (valid) c[b * H + u] = cell;
          next = logistic(pre(3, u)) * std::tanh(cell);
        }
        if (l.cell == Cell::gru_reset_after || l.cell == Cell::gru_reset_before) {
          const double z = logistic(pre(0, u));
          const double candidate = l.cell == Cell::gru_reset_before
                                       ? std::tanh(input(2, u) + recurrent(2, u, &reset))
                                       : std::tanh(input(2, u) + logistic(pre(1, u)) * recurrent(2, u, nullptr));
          next = z * before[u] + (1 - z) * candidate;
        }
        if (valid) h[b * H + u] = next;
        outputs[(t * l.batch + b) * H + u] = valid || !l.zero_output ? h[b * H + u] : 0.0;
      }
    }
  }
  return outputs;
}

}  // namespace remy::testing
