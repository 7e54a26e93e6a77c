#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "layer.h"
#include "remy/stream.h"

namespace {
std::atomic<long> allocations{0};
}

// Every way to ask for memory counts; the sanitizers' own operators stay in place in their build.
#ifndef __SANITIZE_ADDRESS__
void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto unit = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace remy {
namespace {

using testing::Layer;

TEST("whole, chunked and stepped sequences agree to the last bit") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    Layer<float> l(static_cast<Cell>(kind), 6, 3, 4, 9);
    Sequence<float> s = l.sequence();
    s.lengths = nullptr;
    s.mask = {};
    s.recurrent_dropout = nullptr;
    forward(s, l.record());
    PackedCell<float> packed(l.cell, l.kernel_view(), l.recurrent_view(), l.bias_view());
    std::vector<float> h = l.h0, c = l.c0, h_chunked = l.h0, c_chunked = l.c0, outputs(l.outputs.size());
    const auto cell_state = [&](std::vector<float>& values) {
      return has_cell_state(l.cell) ? View<float, 2>{values.data(), {3, 9}} : View<float, 2>{};
    };
    for (std::int64_t first : {0, 2}) {
      Sequence<float> chunk;
      const std::int64_t steps = first == 0 ? 2 : 4;
      chunk.steps = steps;
      chunk.batch = 3;
      chunk.x = l.every<const float>(l.x.data() + first * 3 * 4, 4);
      packed.run(chunk, {h_chunked.data(), {3, 9}}, cell_state(c_chunked), l.every(outputs.data() + first * 3 * 9, 9));
    }
    CHECK(outputs == l.outputs && h_chunked == l.h);
    for (std::int64_t t = 0; t < 6; ++t) {
      packed.step({l.x.data() + t * 3 * 4, {3, 4}}, {h.data(), {3, 9}}, cell_state(c));
      for (std::size_t i = 0; i < h.size(); ++i) CHECK(h[i] == l.outputs[static_cast<std::size_t>(t) * 27 + i]);
    }
    if (has_cell_state(l.cell)) CHECK(c == l.c && c_chunked == l.c);
  }
}

template <class T>
void check_packed(Cell cell, std::int64_t steps, std::int64_t batch, std::int64_t units, bool reverse, bool by_rows) {
  Layer<T> l(cell, steps, batch, 4, units, reverse, true);
  for (auto& value : l.recurrent) value *= T(0.2);
  Sequence<T> s = l.sequence();
  s.recurrent_dropout = nullptr;
  forward(s, l.record());
  PackedCell<T> packed(l.cell, l.kernel_view(), l.recurrent_view(), l.bias_view());
  const auto x = by_rows ? l.to_rows(l.x, 4) : l.x;
  const auto mask = by_rows ? l.to_rows(l.mask, 1) : l.mask;
  Sequence<T> given;
  given.steps = steps;
  given.batch = batch;
  given.x = by_rows ? l.by_rows(x.data(), 4) : l.every(x.data(), 4);
  given.mask = by_rows ? l.by_rows(mask.data(), 1) : l.every(mask.data(), 1);
  given.lengths = l.lengths.data();
  given.reverse = reverse;
  given.zero_output = true;
  std::vector<T> outputs(l.outputs.size());
  for (bool wanted : {true, false}) {
    std::vector<T> h = l.h0, c = l.c0;  // read as the initial state, written as the final one
    const View<T, 2> cell_state = has_cell_state(cell) ? View<T, 2>{c.data(), {batch, units}} : View<T, 2>{};
    const StepView<T> to = by_rows ? l.by_rows(outputs.data(), units) : l.every(outputs.data(), units);
    packed.run(given, {h.data(), {batch, units}}, cell_state, wanted ? to : StepView<T>{});
    CHECK(h == l.h && c == (has_cell_state(cell) ? l.c : l.c0));
  }
  CHECK(outputs == (by_rows ? l.to_rows(l.outputs, units) : l.outputs));
}

TEST("a packed layer moves its states on in place, with lengths, masks, either direction and either order") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    for (bool reverse : {false, true}) {
      for (bool by_rows : {false, true}) {
        check_packed<float>(static_cast<Cell>(kind), 7, 5, 9, reverse, by_rows);
        check_packed<double>(static_cast<Cell>(kind), 300, 6, 5, reverse, by_rows);
        check_packed<float>(static_cast<Cell>(kind), 60, 1, 200, reverse, by_rows);
      }
    }
  }
}

// A single row projects its input panel by panel, and takes the panels from either end: 300 inputs are more than one
// block of a product, 9 and 70 units leave part of a panel.
template <class T>
void check_single_row(Cell cell, std::int64_t inputs, std::int64_t units, bool with_bias) {
  constexpr std::int64_t steps = 5;
  Layer<T> l(cell, steps, 1, inputs, units);
  for (auto& value : l.kernel) value *= T(0.1);
  Sequence<T> s = l.sequence();
  s.lengths = nullptr;
  s.mask = {};
  s.recurrent_dropout = nullptr;
  if (!with_bias) s.bias = nullptr;
  forward(s, l.record());
  PackedCell<T> packed(cell, l.kernel_view(), l.recurrent_view(), with_bias ? l.bias_view() : View<const T, 1>{});
  for (std::int64_t ahead : {0, 1}) {  // steps of another sequence before, for the other end
    std::vector<T> h(static_cast<std::size_t>(units)), c(h);
    const auto step = [&](std::int64_t t) {
      const View<T, 2> cell_state = has_cell_state(cell) ? View<T, 2>{c.data(), {1, units}} : View<T, 2>{};
      packed.step({l.x.data() + t * inputs, {1, inputs}}, {h.data(), {1, units}}, cell_state);
    };
    for (std::int64_t t = 0; t < ahead; ++t) step(t);
    h = l.h0;
    c = l.c0;
    for (std::int64_t t = 0; t < steps; ++t) {
      step(t);
      CHECK(std::equal(h.begin(), h.end(), l.outputs.begin() + t * units));
    }
    if (has_cell_state(cell)) CHECK(c == l.c);
  }
}

TEST("a single row gives the same step by step as whole, to the last bit") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    for (bool with_bias : {true, false}) {
      check_single_row<float>(static_cast<Cell>(kind), 300, 9, with_bias);
      check_single_row<float>(static_cast<Cell>(kind), 1, 70, with_bias);
      check_single_row<double>(static_cast<Cell>(kind), 7, 33, with_bias);
    }
  }
}

TEST("a step allocates nothing once the batch is known, on one thread or on several") {
#ifndef __SANITIZE_ADDRESS__
  for (std::int64_t units : {16, 256}) {  // 256 units are enough work for a second thread
    Layer<float> l(Cell::lstm, 1, 2, 8, units);
    PackedCell<float> packed(l.cell, l.kernel_view(), l.recurrent_view(), l.bias_view());
    const auto step = [&] { packed.step({l.x.data(), {2, 8}}, {l.h.data(), {2, units}}, {l.c.data(), {2, units}}); };
    step();
    const long before = allocations;
    for (int i = 0; i < 10; ++i) step();
    CHECK(allocations == before);
  }
#endif
}

}  // namespace
}  // namespace remy
