// Back through time: the phases of forward_pass.h in reverse order.
#pragma once

#include "kernels.h"
#include "product_kernel.h"
#include "rows.h"
#include "step.h"

namespace remy::REMY_ISA {

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
