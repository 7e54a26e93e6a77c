// Forward through time: direction, masks, dropout and products around a cell's point-wise part.
//
// A cell works in phases, each a product of some operand with some gates' columns of U followed by its point-wise
// part. All cells have one phase but the GRU whose reset gate acts before the product.
#pragma once

#include "kernels.h"
#include "panels.h"
#include "rows.h"
#include "step.h"
#include "tile.h"

namespace remy::REMY_ISA {

template <class T, class Kind, int kPhase>
int64_t phase_size(int64_t units, bool one_row) {
  constexpr int gates = Kind::template kGates<kPhase>;
  return one_row ? packed_gates_size<T, gates, kGateRowWidths<gates>>(units, units)
                 : packed_gates_size<T, gates, 1>(units, units);
}

template <class T, class Kind>
int64_t packed_forward_size(int64_t units, bool one_row) {
  int64_t size = phase_size<T, Kind, 0>(units, one_row);
  if constexpr (Kind::kPhases == 2) size += phase_size<T, Kind, 1>(units, one_row);
  return size;
}

template <class T, class Kind, int kPhase>
void pack_phase(MatrixView<const T> kernel, bool one_row, T* packed) {
  constexpr int gates = Kind::template kGates<kPhase>;
  const int64_t units = kernel.rows;
  const auto columns = kernel.columns(Kind::template kFirstGate<kPhase> * units, gates * units);
  one_row ? pack_gates<T, gates, kGateRowWidths<gates>>(columns, units, packed)
          : pack_gates<T, gates, 1>(columns, units, packed);
}

template <class T, class Kind>
void pack_forward(MatrixView<const T> kernel, bool one_row, T* packed) {
  pack_phase<T, Kind, 0>(kernel, one_row, packed);
  if constexpr (Kind::kPhases == 2)
    pack_phase<T, Kind, 1>(kernel, one_row, packed + phase_size<T, Kind, 0>(kernel.rows, one_row));
}

// All rows of a part at one step.
template <class T>
struct ForwardStep {
  int64_t units;
  Rows<const T> projected, h_before, operand;
  const T* recurrent_bias;
  Rows<T> h, c, gates, update, reset;

  REMY_INLINE ForwardRow<T> row(int64_t r, int64_t outer) const {
    return {units,   projected.at(r), recurrent_bias,  h_before.at(r), operand.at(r),
            h.at(r), c.at(r),         gates.at(outer), update.at(r),   reset.at(r)};
  }
};

// The point-wise part for the rows of one tile with `blocks` vectors of units, [first, last); not inlined, so that
// every row goes through the same instructions.
template <class T, class Kind, int kPhase>
[[gnu::noinline]] void activate(const ForwardStep<T>& step, const Validity& valid, int64_t first_row, int64_t rows,
                                int64_t first, int64_t last, const T* tile, int64_t blocks) {
  constexpr int gates = Kind::template kGates<kPhase>;
  for (int64_t r = first_row; r < first_row + rows; ++r, tile += gates * blocks * kLanes<T>) {
    const ForwardRow<T> row = step.row(r, valid.rows.row(r));
    if (valid[r]) {
      const T* sums = tile;
      for_units<T>(first, last, [&](auto at) REMY_INLINE_LAMBDA {
        Vec<T> product[gates];
#pragma GCC unroll 4
        for (int g = 0; g < gates; ++g) product[g] = load(sums + g * blocks * kLanes<T>);
        Kind::template forward<kPhase, T>(row, at, product);
        sums += kLanes<T>;
      });
    } else if (kPhase == Kind::kPhases - 1) {
      copy_row(row.h_before + first, row.h + first, last - first);
    }
  }
}

template <class T, class Kind, int kPhase, int kWidths>
void forward_panels(const ForwardStep<T>& step, const Validity& valid, const UnitShare& share, int64_t active,
                    Rows<const T> operand, const T* packed) {
  using Group = GateGroup<Kind::template kGates<kPhase>, kWidths>;
  constexpr int64_t units = Group::blocks * kLanes<T>, width = Group::vectors * kLanes<T>;
  constexpr int rows_at_once = kWidths > 1 ? 1 : kTileRows<Group::vectors>;
  alignas(64) T tile[rows_at_once * width];
  packed += share.first / units * step.units * width;
  for (int64_t unit = share.first; unit < share.last; unit += units, packed += step.units * width) {
    for (int64_t row = 0; row < active; row += rows_at_once) {
      const int64_t rows = smaller(rows_at_once, active - row);
      if (valid.any(row, rows))
        tile_rows<T, Group::vectors, rows_at_once>(rows, {operand.data + row * operand.stride, operand.stride, 1},
                                                   packed, step.units, {}, {tile, width});
      activate<T, Kind, kPhase>(step, valid, row, rows, unit, smaller(unit + units, share.last), tile, Group::blocks);
    }
  }
}

template <class T, class Kind, int kPhase>
void forward_phase(const ForwardPlan<T>& plan, const ForwardStep<T>& step, const Validity& valid, int64_t active,
                   Rows<const T> operand) {
  const T* packed = plan.packed;
  if constexpr (kPhase == 1) packed += phase_size<T, Kind, 0>(step.units, plan.one_row);
  constexpr int widths = kGateRowWidths<Kind::template kGates<kPhase>>;
  plan.one_row ? forward_panels<T, Kind, kPhase, widths>(step, valid, plan.share, active, operand, packed)
               : forward_panels<T, Kind, kPhase, 1>(step, valid, plan.share, active, operand, packed);
}

// Hand what step t gave to whoever wants it.
template <class T, class Kind>
void publish(const ForwardPlan<T>& plan, const Validity& valid, int64_t t, int64_t active, const T* h) {
  const int64_t first = plan.share.first, count = plan.share.count();
  for (int64_t r = 0; r < valid.rows.count(); ++r) {
    const int64_t outer = valid.rows.row(r);
    const bool is_valid = r < active && valid[r];
    const T* state = h + r * plan.units + first;
    if (plan.outputs)
      copy_or_clear(is_valid || !plan.span.zero_output ? state : nullptr, plan.outputs.at(t, outer) + first, count);
    if (plan.states) copy_row(state, plan.states.at(t, outer) + first, count);
    if (Kind::kHasCellState && plan.cells)
      copy_row(plan.c + r * plan.units + first, plan.cells.at(t, outer) + first, count);
    if (plan.gates && !is_valid)
      for (int64_t slot = 0; slot < slot_count(Kind::kCell); ++slot)
        clear_row(plan.gates.at(t, outer) + slot * plan.units + first, count);
  }
}

template <class T, class Kind>
void forward(const ForwardPlan<T>& plan) {
  const Span& span = plan.span;
  const int64_t units = plan.units;
  const Validity valid{span.rows, span.mask, span.flags};
  const T* projected = plan.projected;

  for (int64_t s = span.first; s < span.last; ++s) {
    const int64_t t = span.time(s), active = span.rows.at(t);
    const T* before = plan.h[s % 2];
    T* after = plan.h[(s + 1) % 2];
    valid.at(t, active);

    ForwardStep<T> step{};
    step.units = units;
    step.projected = {projected, gate_count(Kind::kCell) * units};
    step.recurrent_bias = plan.recurrent_bias;
    step.h_before = {before, units};
    step.operand = step.h_before;
    if (plan.dropout != nullptr) {
      for (int64_t r = 0; r < active; ++r)
        multiply_row(before + r * units, plan.dropout + span.rows.row(r) * units, plan.operand + r * units, units);
      step.operand = {plan.operand, units};
    }
    step.h = {after, units};
    step.c = {plan.c, units};
    if (plan.gates && slot_count(Kind::kCell) > 0) step.gates = rows_of(plan.gates, t);
    step.update = {plan.update, units};
    step.reset = {plan.reset, units};

    forward_phase<T, Kind, 0>(plan, step, valid, active, step.operand);
    if constexpr (Kind::kPhases == 2) {
      plan.share.wait();
      forward_phase<T, Kind, 1>(plan, step, valid, active, {plan.reset, units});
    }

    // Rows that have just come to their end stand in both buffers from now on.
    for (int64_t r = active; s > 0 && r < span.rows.at(span.time(s - 1)); ++r)
      copy_row(before + r * units + plan.share.first, after + r * units + plan.share.first, plan.share.count());
    publish<T, Kind>(plan, valid, t, active, after);
    projected += active * gate_count(Kind::kCell) * units;
    plan.share.wait();
  }
}

}  // namespace remy::REMY_ISA
