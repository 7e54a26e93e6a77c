// Sequences of many spans, forward and backward: as in the textbook, and as in pieces that are put together by hand.
#include <algorithm>

#include "layer.h"
#include "remy/threads.h"

namespace remy {
namespace {

using testing::Differentiated;
using testing::Layer;

// Some rows as long as can be, others that leave most spans without them.
template <class T>
void spread_lengths(Layer<T>& l, std::int64_t longest) {
  for (std::int64_t b = 0; b < l.batch; ++b)
    l.lengths[static_cast<std::size_t>(b)] = b % 5 == 3 ? longest : b % 5 == 1 ? 0 : std::min(longest, 3 + 7 * b);
}

TEST("a sequence of many spans follows its equations, in either direction") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    if (static_cast<Cell>(kind) == Cell::simple_rnn_linear || static_cast<Cell>(kind) == Cell::simple_rnn_relu)
      continue;  // without a bound they grow beyond all numbers in so many steps
    for (bool reverse : {false, true}) {
      for (std::int64_t longest : {700, 333}) {
        Layer<double> l(static_cast<Cell>(kind), 700, 5, 3, 4, reverse, reverse);
        spread_lengths(l, longest);
        l.run();
        std::vector<double> h, c;
        const auto outputs = textbook(l, h, c);
        for (std::size_t i = 0; i < outputs.size(); ++i) CHECK_CLOSE(l.outputs[i], outputs[i], 1e-10);
        for (std::size_t i = 0; i < h.size(); ++i) CHECK_CLOSE(l.h[i], h[i], 1e-10);
        if (has_cell_state(l.cell))
          for (std::size_t i = 0; i < c.size(); ++i) CHECK_CLOSE(l.c[i], c[i], 1e-10);
      }
    }
  }
}

TEST("a batch of more rows than a span has follows its equations") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    Layer<double> l(static_cast<Cell>(kind), 3, 300, 2, 3);
    spread_lengths(l, 3);
    l.run();
    std::vector<double> h, c;
    const auto outputs = textbook(l, h, c);
    for (std::size_t i = 0; i < outputs.size(); ++i) CHECK_CLOSE(l.outputs[i], outputs[i], 1e-11);
  }
}

// A layer over steps [first, last) of another, in the other's memory.
Sequence<double> piece_of(const Layer<double>& l, std::int64_t first, std::int64_t last, const double* h0,
                          const double* c0, std::vector<std::int64_t>& lengths) {
  Sequence<double> s = l.sequence();
  s.steps = last - first;
  s.x.data += first * l.batch * l.inputs;
  s.mask.data += first * l.batch;
  s.h0 = h0;
  s.c0 = has_cell_state(l.cell) ? c0 : nullptr;
  lengths.clear();
  for (std::int64_t length : l.lengths) lengths.push_back(std::clamp<std::int64_t>(length - first, 0, s.steps));
  s.lengths = lengths.data();
  return s;
}

void check_close(const std::vector<double>& got, const std::vector<double>& wanted) {
  double most = 1;
  for (double value : wanted) most = std::fmax(most, std::fabs(value));
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK_CLOSE(got[i] / most, wanted[i] / most, 1e-11);
}

TEST("going back through many spans at once is going back through pieces and adding up") {
  const std::int64_t steps = 700, batch = 5, inputs = 3, units = 6, piece = 50;
  for (int kind = 0; kind < kCellCount; ++kind) {
    for (std::int64_t longest : {700, 333}) {
      Layer<double> l(static_cast<Cell>(kind), steps, batch, inputs, units);
      if (is_simple(l.cell))
        for (auto& value : l.recurrent) value *= 0.4;
      for (auto& value : l.dropout) value = 1.0;
      spread_lengths(l, longest);
      l.run();
      Differentiated<double> whole(l);
      whole.run(l);

      Differentiated<double> pieces(l), part(l);
      for (auto* sum : {&pieces.kernel, &pieces.recurrent, &pieces.bias}) std::fill(sum->begin(), sum->end(), 0.0);
      std::vector<double> d_h = pieces.d_h, d_c = pieces.d_c;
      for (std::int64_t first = steps - piece; first >= 0; first -= piece) {
        const std::int64_t before = (first - 1) * batch * units;
        std::vector<std::int64_t> lengths;
        const Sequence<double> s = piece_of(l, first, first + piece, first > 0 ? l.states.data() + before : l.h0.data(),
                                            first > 0 ? l.cells.data() + before : l.c0.data(), lengths);
        Record<const double> record = l.recorded();
        record.states.data += first * batch * units;
        if (record.cells) record.cells.data += first * batch * units;
        if (record.gates) record.gates.data += first * batch * slot_count(l.cell) * units;
        Arriving<double> arriving = pieces.arriving(l);
        arriving.outputs.data += first * batch * units;
        arriving.h_final = d_h.data();
        if (has_cell_state(l.cell)) arriving.c_final = d_c.data();
        Gradients<double> to = part.gradients(l);
        to.x = l.every(pieces.x.data() + first * batch * inputs, inputs);
        to.states = l.every(pieces.states.data() + first * batch * units, units);
        if (to.cells) to.cells = l.every(pieces.cells.data() + first * batch * units, units);
        backward(s, record, arriving, to);
        d_h = part.h0;
        d_c = part.c0;
        for (std::size_t i = 0; i < part.kernel.size(); ++i) pieces.kernel[i] += part.kernel[i];
        for (std::size_t i = 0; i < part.recurrent.size(); ++i) pieces.recurrent[i] += part.recurrent[i];
        for (std::size_t i = 0; i < part.bias.size(); ++i) pieces.bias[i] += part.bias[i];
      }
      check_close(whole.x, pieces.x);
      check_close(whole.kernel, pieces.kernel);
      check_close(whole.recurrent, pieces.recurrent);
      check_close(whole.bias, pieces.bias);
      check_close(whole.h0, part.h0);
      check_close(whole.states, pieces.states);
      if (has_cell_state(l.cell)) {
        check_close(whole.c0, part.c0);
        check_close(whole.cells, pieces.cells);
      }
    }
  }
}

template <class T>
void check_batch_first(Cell cell, std::int64_t steps, std::int64_t batch, std::int64_t inputs, std::int64_t units,
                       bool reverse) {
  Layer<T> l(cell, steps, batch, inputs, units, reverse, reverse);
  if (is_simple(cell))
    for (auto& value : l.recurrent) value *= T(0.3);
  l.run();
  Differentiated<T> by_time(l);
  by_time.run(l);

  const auto slots = std::max<std::int64_t>(1, slot_count(cell)) * units;
  const auto x = l.to_rows(l.x, inputs), d_outputs = l.to_rows(by_time.d_outputs, units);
  const auto mask = l.to_rows(l.mask, 1);
  std::vector<T> outputs(l.outputs.size()), states(l.states.size()), cells(l.cells.size()), gates(l.gates.size());
  std::vector<T> h(l.h.size()), c(l.c.size());
  Sequence<T> s = l.sequence();
  s.x = l.by_rows(x.data(), inputs);
  s.mask = l.by_rows(mask.data(), 1);
  Record<T> record;
  record.outputs = l.by_rows(outputs.data(), units);
  record.states = l.by_rows(states.data(), units);
  if (has_cell_state(cell)) record.cells = l.by_rows(cells.data(), units);
  if (slot_count(cell) > 0) record.gates = l.by_rows(gates.data(), slots);
  record.h_final = h.data();
  if (has_cell_state(cell)) record.c_final = c.data();
  forward(s, record);
  CHECK(outputs == l.to_rows(l.outputs, units) && states == l.to_rows(l.states, units) && h == l.h && c == l.c);
  if (has_cell_state(cell)) CHECK(cells == l.to_rows(l.cells, units));
  if (slot_count(cell) > 0) CHECK(gates == l.to_rows(l.gates, slots));

  Differentiated<T> by_rows(l);
  Record<const T> recorded;
  recorded.states = l.by_rows(static_cast<const T*>(states.data()), units);
  if (has_cell_state(cell)) recorded.cells = l.by_rows(static_cast<const T*>(cells.data()), units);
  if (slot_count(cell) > 0) recorded.gates = l.by_rows(static_cast<const T*>(gates.data()), slots);
  Arriving<T> arriving = by_rows.arriving(l);
  arriving.outputs = l.by_rows(d_outputs.data(), units);
  Gradients<T> to = by_rows.gradients(l);
  to.x = l.by_rows(by_rows.x.data(), inputs);
  to.states = l.by_rows(by_rows.states.data(), units);
  if (has_cell_state(cell)) to.cells = l.by_rows(by_rows.cells.data(), units);
  backward(s, recorded, arriving, to);
  CHECK(by_rows.x == l.to_rows(by_time.x, inputs) && by_rows.kernel == by_time.kernel &&
        by_rows.recurrent == by_time.recurrent && by_rows.bias == by_time.bias && by_rows.h0 == by_time.h0 &&
        by_rows.c0 == by_time.c0 && by_rows.states == l.to_rows(by_time.states, units));
  if (has_cell_state(cell)) CHECK(by_rows.cells == l.to_rows(by_time.cells, units));
  const T odd = T(-1234567);  // where nothing was written
  for (const auto* values : {&by_time.x, &by_time.kernel, &by_time.recurrent, &by_time.bias, &by_time.h0})
    CHECK(std::find(values->begin(), values->end(), odd) == values->end());
}

TEST("batch-first arrays give what time-major ones give, to the last bit") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    for (bool reverse : {false, true}) {
      check_batch_first<double>(static_cast<Cell>(kind), 6, 4, 3, 5, reverse);
      check_batch_first<float>(static_cast<Cell>(kind), 1, 3, 2, 17, reverse);
      check_batch_first<float>(static_cast<Cell>(kind), 130, 9, 7, 33, reverse);
      check_batch_first<float>(static_cast<Cell>(kind), 70, 1, 3, 200, reverse);
    }
  }
}

}  // namespace
}  // namespace remy
