// Back through time: the phases of forward_pass.h in reverse order.
#pragma once

#include "kernels.h"
#include "product_kernel.h"
#include "rows.h"
#include "step.h"

namespace remy::REMY_ISA {

template <class T, class Kind, int kPhase>
int64_t transposed_phase_size(int64_t units, bool one_row) {
  const int64_t depth = Kind::template kGates<kPhase> * units;
  return one_row ? packed_matrix_size<T, kProductRowWidths>(depth, units) : packed_matrix_size<T>(depth, units);
}

template <class T, class Kind>
int64_t packed_backward_size(int64_t units, bool one_row) {
  int64_t size = transposed_phase_size<T, Kind, 0>(units, one_row);
  if constexpr (Kind::kPhases == 2) size += transposed_phase_size<T, Kind, 1>(units, one_row);
  return size;
}

template <class T, class Kind, int kPhase>
void pack_transposed_phase(MatrixView<const T> kernel, bool one_row, T* packed) {
  const int64_t units = kernel.rows, depth = Kind::template kGates<kPhase> * units;
  const auto gates = kernel.columns(Kind::template kFirstGate<kPhase> * units, depth).transposed();
  one_row ? pack_matrix<T, kProductRowWidths>(gates, depth, 0, packed) : pack_matrix<T>(gates, depth, 0, packed);
}

template <class T, class Kind>
void pack_backward(MatrixView<const T> kernel, bool one_row, T* packed) {
  pack_transposed_phase<T, Kind, 0>(kernel, one_row, packed);
  if constexpr (Kind::kPhases == 2)
    pack_transposed_phase<T, Kind, 1>(kernel, one_row,
                                      packed + transposed_phase_size<T, Kind, 0>(kernel.rows, one_row));
}

// All rows of a part at one step.
template <class T>
struct BackwardStep {
  int64_t units;
  Rows<const T> h_before, operand, c_before, h, c, gates, dropout;
  Rows<T> dh, dc, d_cells, d_gates, reset;
  Rows<const T> d_reset;

  REMY_INLINE BackwardRow<T> row(int64_t r, int64_t outer) const {
    return {units,           h_before.at(r),    operand.at(r), c_before.at(outer), h.at(outer),       c.at(outer),
            gates.at(outer), dropout.at(outer), dh.at(r),      dc.at(r),           d_cells.at(outer), d_gates.at(r),
            reset.at(r),     d_reset.at(r)};
  }
};

template <class T, class Kind, int kPhase>
[[gnu::noinline]] void differentiate(const BackwardStep<T>& step, const Validity& valid, const UnitShare& share,
                                     int64_t active) {
  const int64_t first = share.first, count = share.count();
  for (int64_t r = 0; r < active; ++r) {
    const BackwardRow<T> row = step.row(r, valid.rows.row(r));
    if (valid[r]) {
      for_units<T>(first, share.last, [&](auto at) REMY_INLINE_LAMBDA { Kind::template backward<kPhase, T>(row, at); });
    } else if (kPhase == Kind::kPhases - 1) {
      for (int64_t block = 0; block < gradient_count(Kind::kCell); ++block)
        clear_row(row.d_gates + block * step.units + first, count);
      if (row.reset != nullptr) clear_row(row.reset + first, count);
      if (Kind::kHasCellState && row.d_cells != nullptr) copy_row<T>(row.dc + first, row.d_cells + first, count);
    }
  }
}

// to (+)= scale * d_gates U^T for the gates of one phase; `scale` may be none.
template <class T, class Kind, int kPhase, int kWidths>
void backward_panels(const BackwardStep<T>& step, const Validity& valid, const UnitShare& share, int64_t active,
                     const T* packed, Rows<T> to, bool accumulate, Rows<const T> scale) {
  constexpr int vectors = kWidths * kProductVectors;
  constexpr int rows_at_once = kWidths > 1 ? 1 : kTileRows<kProductVectors>;
  constexpr int64_t width = vectors * kLanes<T>;
  alignas(64) T tile[rows_at_once * width];
  const int64_t depth = Kind::template kGates<kPhase> * step.units;
  const T* left = step.d_gates.data + Kind::template kFirstBlock<kPhase> * step.units;
  packed += share.first * depth;
  for (int64_t column = share.first; column < share.last; column += width, packed += depth * width) {
    for (int64_t row = 0; row < active; row += rows_at_once) {
      const int64_t rows = smaller(rows_at_once, active - row);
      if (!valid.any(row, rows)) continue;
      tile_rows<T, vectors, rows_at_once>(rows, {left + row * step.d_gates.stride, step.d_gates.stride, 1}, packed,
                                          depth, {}, {tile, width});
      for (int64_t r = row; r < row + rows; ++r) {
        if (!valid[r]) continue;
        const T* sums = tile + (r - row) * width;
        T* target = to.at(r);
        const T* factors = scale.at(valid.rows.row(r));
        for_units<T>(column, smaller(column + width, share.last), [&](auto at) REMY_INLINE_LAMBDA {
          Vec<T> sum = load(sums);
          if (factors != nullptr) sum *= get(factors, at);
          if (accumulate) sum += get<T>(target, at);
          put<T>(target, at, sum);
          sums += kLanes<T>;
        });
      }
    }
  }
}

template <class T, class Kind, int kPhase>
void backward_product(const BackwardPlan<T>& plan, const BackwardStep<T>& step, const Validity& valid, int64_t active,
                      Rows<T> to, bool accumulate, Rows<const T> scale) {
  const T* packed = plan.packed;
  if constexpr (kPhase == 1) packed += transposed_phase_size<T, Kind, 0>(step.units, plan.one_row);
  constexpr auto* several = backward_panels<T, Kind, kPhase, 1>;
  constexpr auto* single = backward_panels<T, Kind, kPhase, kProductRowWidths>;
  (plan.one_row ? single : several)(step, valid, plan.share, active, packed, to, accumulate, scale);
}

// What arrives from outside at step t, and the note of all that arrives there.
template <class T, class Kind>
void collect(const BackwardPlan<T>& plan, const Validity& valid, int64_t t, int64_t active) {
  const int64_t first = plan.share.first, count = plan.share.count();
  for (int64_t r = 0; r < valid.rows.count(); ++r) {
    const int64_t outer = valid.rows.row(r);
    T* dh = plan.dh + r * plan.units + first;
    const bool is_valid = r < active && valid[r];
    if (plan.d_outputs && (is_valid || !plan.span.zero_output)) add_row(plan.d_outputs.at(t, outer) + first, dh, count);
    if (plan.d_states) copy_row(dh, plan.d_states.at(t, outer) + first, count);
    if (Kind::kHasCellState && plan.d_cells && r >= active)
      copy_row(plan.dc + r * plan.units + first, plan.d_cells.at(t, outer) + first, count);
  }
}

// h_{t-1} of every row: as it is, and as the recurrent product sees it. Nothing of a masked row: 0 times an infinite
// state would reach the weights.
template <class T>
void recall(const BackwardPlan<T>& plan, const Validity& valid, int64_t s, int64_t active, T* operands,
            int64_t stride) {
  const int64_t first = plan.share.first, count = plan.share.count(), before = plan.span.time(s - 1);
  for (int64_t r = 0; r < active; ++r) {
    const int64_t outer = valid.rows.row(r);
    T* operand = operands + r * stride + first;
    if (!valid[r]) {
      clear_row(operand, count);
      continue;
    }
    const T* h = (s == 0 ? plan.h0 + outer * plan.h0_stride : plan.states.at(before, outer)) + first;
    if (plan.dropout == nullptr) {
      copy_row(h, operand, count);
    } else {
      copy_row(h, plan.h_before + r * plan.units + first, count);
      multiply_row(h, plan.dropout + outer * plan.units + first, operand, count);
    }
  }
}

template <class T, class Kind>
void backward(const BackwardPlan<T>& plan) {
  const Span& span = plan.span;
  const int64_t units = plan.units, part = span.rows.part, parts = span.rows.parts;
  constexpr int64_t blocks = gradient_count(Kind::kCell);
  const Validity valid{span.rows, span.mask, span.flags};

  for (int64_t s = span.last - 1; s >= span.first; --s) {
    const int64_t t = span.time(s), before = span.time(s - 1), active = span.rows.at(t);
    const int64_t place = plan.offsets[s - span.first] + part;  // of this part's first row; the next is `parts` on
    valid.at(t, active);
    collect<T, Kind>(plan, valid, t, active);

    BackwardStep<T> step{};
    step.units = units;
    step.operand = {plan.operands + place * units, parts * units};
    step.h_before = step.operand;
    if (plan.dropout != nullptr) {
      step.dropout = {plan.dropout, units};
      step.h_before = {plan.h_before, units};
    }
    recall(plan, valid, s, active, plan.operands + place * units, parts * units);
    step.h = rows_of(plan.states, t);
    if constexpr (Kind::kHasCellState) {
      step.c_before = s == 0 ? Rows<const T>{plan.c0, plan.c0_stride} : rows_of(plan.cells, before);
      step.c = rows_of(plan.cells, t);
      step.d_cells = rows_of(plan.d_cells, t);
    }
    step.gates = rows_of(plan.gates, t);
    step.dh = {plan.dh, units};
    step.dc = {plan.dc, units};
    step.d_gates = {plan.d_gates + place * blocks * units, parts * blocks * units};
    if (plan.resets != nullptr) step.reset = {plan.resets + place * units, parts * units};
    step.d_reset = {plan.d_reset, units};

    if constexpr (Kind::kPhases == 2) {
      differentiate<T, Kind, 1>(step, valid, plan.share, active);
      plan.share.wait();
      backward_product<T, Kind, 1>(plan, step, valid, active, {plan.d_reset, units}, false, {});
    }
    differentiate<T, Kind, 0>(step, valid, plan.share, active);
    plan.share.wait();
    backward_product<T, Kind, 0>(plan, step, valid, active, step.dh, true, step.dropout);
  }
}

}  // namespace remy::REMY_ISA
