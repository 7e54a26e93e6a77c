// The one owner of time: direction, masks, dropout and products around a cell's point-wise part.
//
// A cell works in phases, each a product of some operand with some gates' columns of U followed by its point-wise
// part. All cells have one phase but the GRU whose reset gate acts before the product.
#pragma once

#include "kernels.h"
#include "product_kernel.h"
#include "step.h"

namespace remy::REMY_ISA {

// Which of a thread's rows take part in a step.
struct Validity {
  const int64_t* lengths;
  const bool* mask;
  int64_t batch;
  int64_t first;
  int64_t rows;
  unsigned char* flags;

  bool any_masking() const { return lengths != nullptr || mask != nullptr; }

  void at(int64_t t) const {
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t b = first + r;
      flags[r] = (lengths == nullptr || t < lengths[b]) && (mask == nullptr || mask[t * batch + b]);
    }
  }

  REMY_INLINE bool operator[](int64_t row) const { return !any_masking() || flags[row] != 0; }

  bool any(int64_t row, int64_t count) const {
    for (int64_t r = row; r < row + count; ++r)
      if ((*this)[r]) return true;
    return false;
  }
};

// A thread's share of the scratch memory, cut into (rows, units) pieces.
template <class T>
struct Scratch {
  T* next;
  int64_t piece;

  T* take() {
    T* here = next;
    next += piece;
    return here;
  }
};

template <class T>
void copy_or_clear(const T* from, T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = from != nullptr ? from[i] : T(0);
}

template <class T>
void multiply_each(const T* a, const T* b, T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = a[i] * b[i];
}

// ---- forward ----

template <class T, class Kind, int kPhase>
int64_t phase_size(int64_t units) {
  return packed_gates_size<T, Kind::template kGates<kPhase>>(units, units);
}

template <class T, class Kind>
int64_t packed_forward_size(int64_t units) {
  int64_t size = phase_size<T, Kind, 0>(units);
  if constexpr (Kind::kPhases == 2) size += phase_size<T, Kind, 1>(units);
  return size;
}

template <class T, class Kind, int kPhase>
void pack_phase(MatrixView<const T> kernel, T* packed) {
  constexpr int gates = Kind::template kGates<kPhase>;
  const int64_t units = kernel.rows;
  pack_gates<T, gates>(kernel.columns(Kind::template kFirstGate<kPhase> * units, gates * units), units, packed);
}

template <class T, class Kind>
void pack_forward(MatrixView<const T> kernel, T* packed) {
  pack_phase<T, Kind, 0>(kernel, packed);
  if constexpr (Kind::kPhases == 2) pack_phase<T, Kind, 1>(kernel, packed + phase_size<T, Kind, 0>(kernel.rows));
}

// The point-wise part for the rows of one tile; not inlined, so that every row goes through the same instructions.
template <class T, class Kind, int kPhase>
[[gnu::noinline]] void activate(const ForwardStep<T>& step, const Validity& valid, int64_t row, int64_t rows,
                                int64_t unit, const T* tile) {
  constexpr int gates = Kind::template kGates<kPhase>;
  constexpr int blocks = GateGroup<gates>::blocks;
  for (int64_t r = 0; r < rows; ++r, tile += GateGroup<gates>::vectors * kLanes<T>) {
    for (int block = 0; block < blocks; ++block) {
      const int64_t at = unit + block * kLanes<T>;
      if (at >= step.units) break;
      const Place place{row + r, at, step.units - at};
      if (valid[row + r]) {
        Vec<T> product[gates];
#pragma GCC unroll 4
        for (int g = 0; g < gates; ++g) product[g] = load(tile + (g * blocks + block) * kLanes<T>);
        Kind::template forward<kPhase, T>(step, place, product);
      } else if (kPhase == Kind::kPhases - 1) {
        put(step.h, place, get(step.h_before, place));
        if constexpr (Kind::kHasCellState) put(step.c, place, get(step.c_before, place));
        if (step.gates)
          for (int64_t slot = 0; slot * step.units < step.gates.stride; ++slot) step.keep(place, slot, Vec<T>{});
      }
    }
  }
}

template <class T, class Kind, int kPhase>
void forward_phase(const ForwardStep<T>& step, const Validity& valid, Rows<const T> operand, const T* packed) {
  constexpr int gates = Kind::template kGates<kPhase>;
  constexpr int vectors = GateGroup<gates>::vectors;
  constexpr int rows_at_once = kTileRows<vectors>;
  alignas(64) T tile[rows_at_once * vectors * kLanes<T>];
  for (int64_t unit = 0; unit < step.units; unit += kPanelUnits<T, gates>) {
    for (int64_t row = 0; row < valid.rows; row += rows_at_once) {
      const int64_t rows = smaller(rows_at_once, valid.rows - row);
      if (valid.any(row, rows))
        tile_rows<T, vectors>(rows, {operand.data + row * operand.stride, operand.stride, 1}, packed, step.units, {},
                              {tile, vectors * kLanes<T>});
      activate<T, Kind, kPhase>(step, valid, row, rows, unit, tile);
    }
    packed += step.units * vectors * kLanes<T>;
  }
}

template <class T, class Kind>
void forward(const ForwardPlan<T>& plan, int64_t first, int64_t last, T* memory) {
  const int64_t rows = last - first, units = plan.units, piece = rows * units;
  Scratch<T> scratch{memory, piece};
  T* spare[2] = {scratch.take(), scratch.take()};
  T* c_buffer = scratch.take();
  T* operand_buffer = scratch.take();
  T* update = scratch.take();
  T* reset = scratch.take();
  const Validity valid{plan.lengths, plan.mask, plan.batch,
                       first,        rows,      reinterpret_cast<unsigned char*>(scratch.next)};
  constexpr int64_t slots = slot_count(Kind::kCell);
  constexpr int64_t columns = gate_count(Kind::kCell);

  const T* h = spare[0];
  const T* c = c_buffer;
  copy_or_clear(plan.h0 != nullptr ? plan.h0 + first * units : nullptr, spare[0], piece);
  if constexpr (Kind::kHasCellState)
    copy_or_clear(plan.c0 != nullptr ? plan.c0 + first * units : nullptr, c_buffer, piece);

  for (int64_t s = 0; s < plan.steps; ++s) {
    const int64_t t = plan.reverse ? plan.steps - 1 - s : s;
    const int64_t row = t * plan.batch + first;
    if (valid.any_masking()) valid.at(t);

    ForwardStep<T> step{};
    step.units = units;
    step.projected = {plan.projected + row * columns * units, columns * units};
    step.recurrent_bias = plan.recurrent_bias;
    step.h_before = {h, units};
    step.operand = step.h_before;
    if (plan.dropout != nullptr) {
      multiply_each(h, plan.dropout + first * units, operand_buffer, piece);
      step.operand = {operand_buffer, units};
    }
    step.c_before = {c, units};
    step.h = {plan.states != nullptr ? plan.states + row * units : spare[(s + 1) % 2], units};
    step.c = {plan.cells != nullptr ? plan.cells + row * units : c_buffer, units};
    if (plan.gates != nullptr && slots > 0) step.gates = {plan.gates + row * slots * units, slots * units};
    step.update = {update, units};
    step.reset = {reset, units};

    forward_phase<T, Kind, 0>(step, valid, step.operand, plan.packed);
    if constexpr (Kind::kPhases == 2)
      forward_phase<T, Kind, 1>(step, valid, {reset, units}, plan.packed + phase_size<T, Kind, 0>(units));

    h = step.h.data;
    c = step.c.data;
    if (plan.outputs != nullptr)
      for (int64_t r = 0; r < rows; ++r)
        copy_or_clear(valid[r] || !plan.zero_output ? h + r * units : nullptr, plan.outputs + (row + r) * units, units);
  }
  if (plan.h_final != nullptr) copy_or_clear(h, plan.h_final + first * units, piece);
  if (Kind::kHasCellState && plan.c_final != nullptr) copy_or_clear(c, plan.c_final + first * units, piece);
}

// ---- backward ----

template <class T, class Kind, int kPhase>
int64_t transposed_phase_size(int64_t units) {
  return packed_matrix_size<T>(Kind::template kGates<kPhase> * units, units);
}

template <class T, class Kind>
int64_t packed_backward_size(int64_t units) {
  int64_t size = transposed_phase_size<T, Kind, 0>(units);
  if constexpr (Kind::kPhases == 2) size += transposed_phase_size<T, Kind, 1>(units);
  return size;
}

template <class T, class Kind, int kPhase>
void pack_transposed_phase(MatrixView<const T> kernel, T* packed) {
  const int64_t units = kernel.rows;
  const auto gates = kernel.columns(Kind::template kFirstGate<kPhase> * units, Kind::template kGates<kPhase> * units);
  pack_matrix<T>(gates.transposed(), packed);
}

template <class T, class Kind>
void pack_backward(MatrixView<const T> kernel, T* packed) {
  pack_transposed_phase<T, Kind, 0>(kernel, packed);
  if constexpr (Kind::kPhases == 2)
    pack_transposed_phase<T, Kind, 1>(kernel, packed + transposed_phase_size<T, Kind, 0>(kernel.rows));
}

template <class T, class Kind, int kPhase>
[[gnu::noinline]] void differentiate(const BackwardStep<T>& step, const Validity& valid) {
  for (int64_t row = 0; row < valid.rows; ++row) {
    for (int64_t unit = 0; unit < step.units; unit += kLanes<T>) {
      const Place place{row, unit, step.units - unit};
      if (valid[row]) {
        Kind::template backward<kPhase, T>(step, place);
      } else if (kPhase == Kind::kPhases - 1) {
        for (int64_t gate = 0; gate * step.units < step.d_gates.stride; ++gate) step.emit(place, gate, Vec<T>{});
        if (step.reset) put(step.reset, place, Vec<T>{});
        if constexpr (Kind::kHasCellState)
          if (step.d_cells) put(step.d_cells, place, get(step.dc, place));
      }
    }
  }
}

// to (+)= scale * d_gates U^T for the gates of one phase; `scale` may be none.
template <class T, class Kind, int kPhase>
void backward_product(const BackwardStep<T>& step, const Validity& valid, const T* packed, Rows<T> to, bool accumulate,
                      Rows<const T> scale) {
  constexpr int rows_at_once = kTileRows<kProductVectors>;
  alignas(64) T tile[rows_at_once * kProductWidth<T>];
  const int64_t depth = Kind::template kGates<kPhase> * step.units;
  const T* left = step.d_gates.data + Kind::template kFirstGate<kPhase> * step.units;
  for (int64_t column = 0; column < step.units; column += kProductWidth<T>, packed += depth * kProductWidth<T>) {
    for (int64_t row = 0; row < valid.rows; row += rows_at_once) {
      const int64_t rows = smaller(rows_at_once, valid.rows - row);
      if (!valid.any(row, rows)) continue;
      tile_rows<T, kProductVectors>(rows, {left + row * step.d_gates.stride, step.d_gates.stride, 1}, packed, depth, {},
                                    {tile, kProductWidth<T>});
      for (int64_t r = 0; r < rows; ++r) {
        if (!valid[row + r]) continue;
        for (int64_t unit = column; unit < smaller(column + kProductWidth<T>, step.units); unit += kLanes<T>) {
          const Place place{row + r, unit, step.units - unit};
          Vec<T> sum = load(tile + r * kProductWidth<T> + unit - column);
          if (scale) sum *= get(scale, place);
          if (accumulate) sum += get(to, place);
          put(to, place, sum);
        }
      }
    }
  }
}

template <class T, class Kind>
void backward(const BackwardPlan<T>& plan, int64_t first, int64_t last, T* memory) {
  const int64_t rows = last - first, units = plan.units, piece = rows * units;
  Scratch<T> scratch{memory, piece};
  T* dh = scratch.take();
  T* dc = scratch.take();
  T* h_start = scratch.take();
  T* c_start = scratch.take();
  T* d_reset = scratch.take();
  const Validity valid{plan.lengths, plan.mask, plan.batch,
                       first,        rows,      reinterpret_cast<unsigned char*>(scratch.next)};
  constexpr int64_t slots = slot_count(Kind::kCell);
  constexpr int64_t columns = gradient_count(Kind::kCell);

  const int64_t offset = first * units;
  copy_or_clear(plan.h0 != nullptr ? plan.h0 + offset : nullptr, h_start, piece);
  copy_or_clear(plan.d_h_final != nullptr ? plan.d_h_final + offset : nullptr, dh, piece);
  if constexpr (Kind::kHasCellState) {
    copy_or_clear(plan.c0 != nullptr ? plan.c0 + offset : nullptr, c_start, piece);
    copy_or_clear(plan.d_c_final != nullptr ? plan.d_c_final + offset : nullptr, dc, piece);
  }

  for (int64_t s = plan.steps - 1; s >= 0; --s) {
    const int64_t t = plan.reverse ? plan.steps - 1 - s : s;
    const int64_t row = t * plan.batch + first;
    const int64_t row_before = (plan.reverse ? t + 1 : t - 1) * plan.batch + first;
    if (valid.any_masking()) valid.at(t);

    if (plan.d_outputs != nullptr)
      for (int64_t r = 0; r < rows; ++r)
        if (valid[r] || !plan.zero_output)
          for (int64_t u = 0; u < units; ++u) dh[r * units + u] += plan.d_outputs[(row + r) * units + u];
    if (plan.d_states != nullptr) copy_or_clear(dh, plan.d_states + row * units, piece);

    BackwardStep<T> step{};
    step.units = units;
    step.h_before = {s == 0 ? h_start : plan.states + row_before * units, units};
    step.operand = step.h_before;
    if (plan.operands != nullptr) {
      T* operand = plan.operands + row * units;
      for (int64_t r = 0; r < rows; ++r, operand += units) {
        const T* h = valid[r] ? step.h_before.data + r * units : nullptr;
        if (h != nullptr && plan.dropout != nullptr) {
          multiply_each(h, plan.dropout + offset + r * units, operand, units);
        } else {
          copy_or_clear(h, operand, units);
        }
      }
      step.operand = {plan.operands + row * units, units};
    }
    if (plan.dropout != nullptr) step.dropout = {plan.dropout + offset, units};
    step.h = {plan.states + row * units, units};
    if constexpr (Kind::kHasCellState) {
      step.c_before = {s == 0 ? c_start : plan.cells + row_before * units, units};
      step.c = {plan.cells + row * units, units};
      if (plan.d_cells != nullptr) step.d_cells = {plan.d_cells + row * units, units};
    }
    if (slots > 0) step.gates = {plan.gates + row * slots * units, slots * units};
    step.dh = {dh, units};
    step.dc = {dc, units};
    step.d_gates = {plan.d_gates + row * columns * units, columns * units};
    if (plan.resets != nullptr) step.reset = {plan.resets + row * units, units};
    step.d_reset = {d_reset, units};

    if constexpr (Kind::kPhases == 2) {
      differentiate<T, Kind, 1>(step, valid);
      backward_product<T, Kind, 1>(step, valid, plan.packed + transposed_phase_size<T, Kind, 0>(units),
                                   {d_reset, units}, false, {});
    }
    differentiate<T, Kind, 0>(step, valid);
    backward_product<T, Kind, 0>(step, valid, plan.packed, step.dh, true, step.dropout);
  }
  if (plan.d_h0 != nullptr) copy_or_clear(dh, plan.d_h0 + offset, piece);
  if (Kind::kHasCellState && plan.d_c0 != nullptr) copy_or_clear(dc, plan.d_c0 + offset, piece);
}

}  // namespace remy::REMY_ISA
