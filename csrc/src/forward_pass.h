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
int64_t phase_size(int64_t depth, int64_t units, bool one_row) {
  constexpr int gates = Kind::template kGates<kPhase>;
  return one_row ? packed_gates_size<T, gates, kGateRowWidths<gates>>(depth, units)
                 : packed_gates_size<T, gates, 1>(depth, units);
}

template <class T, class Kind>
int64_t packed_forward_size(int64_t depth, int64_t units, bool one_row) {
  int64_t size = phase_size<T, Kind, 0>(depth, units, one_row);
  if constexpr (Kind::kPhases == 2) size += phase_size<T, Kind, 1>(depth, units, one_row);
  return size;
}

template <class T, class Kind, int kPhase>
void pack_phase(MatrixView<const T> kernel, int64_t units, bool one_row, T* packed) {
  constexpr int gates = Kind::template kGates<kPhase>;
  const auto columns = kernel.columns(Kind::template kFirstGate<kPhase> * units, gates * units);
  one_row ? pack_gates<T, gates, kGateRowWidths<gates>>(columns, units, packed)
          : pack_gates<T, gates, 1>(columns, units, packed);
}

// `kernel` (depth, G * units): the recurrent one, or what a single step of one row reads besides (see RowStep).
template <class T, class Kind>
void pack_forward(MatrixView<const T> kernel, int64_t units, bool one_row, T* packed) {
  pack_phase<T, Kind, 0>(kernel, units, one_row, packed);
  if constexpr (Kind::kPhases == 2)
    pack_phase<T, Kind, 1>(kernel, units, one_row, packed + phase_size<T, Kind, 0>(kernel.rows, units, one_row));
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

template <class T, class Kind, int kPhase>
void forward_panels(const ForwardStep<T>& step, const Validity& valid, const UnitShare& share, int64_t active,
                    Rows<const T> operand, const T* packed) {
  using Group = GateGroup<Kind::template kGates<kPhase>, 1>;
  constexpr int64_t units = Group::blocks * kLanes<T>, width = Group::vectors * kLanes<T>;
  constexpr int rows_at_once = kTileRows<Group::vectors>;
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

// x W + b of the units of one panel, to where the whole product would have put it.
template <class T, class Kind, int kPhase>
void project_panel(const RowStep<T>& input, int64_t units, int64_t unit, T* projected) {
  constexpr int gates = Kind::template kGates<kPhase>;
  using Group = GateGroup<gates, kGateRowWidths<gates>>;
  constexpr int64_t block = Group::blocks * kLanes<T>, width = Group::vectors * kLanes<T>;
  const T *kernel = input.kernel, *bias = input.bias;
  if constexpr (kPhase == 1) {
    kernel += phase_size<T, Kind, 0>(input.inputs, units, true);
    if (bias != nullptr) bias += phase_size<T, Kind, 0>(1, units, true);
  }
  alignas(64) T tile[width];
  const int64_t panel = unit / block;
  tile_of<T, 1, Group::vectors>({input.x, 0, 1}, kernel + panel * input.inputs * width, input.inputs,
                                {bias != nullptr ? bias + panel * width : nullptr, 0}, {tile, width});
  for (int g = 0; g < gates; ++g)
    copy_row(tile + g * block, projected + (Kind::template kFirstGate<kPhase> + g) * units + unit,
             smaller(block, units - unit));
}

// One row: panel by panel, from the first to the last and at the next step back again, so that each step begins with
// the weights that the one before has left in the first-level cache.
template <class T, class Kind, int kPhase>
void forward_row(const ForwardPlan<T>& plan, const ForwardStep<T>& step, const Validity& valid, bool back,
                 const T* operand, const T* packed) {
  constexpr int gates = Kind::template kGates<kPhase>;
  using Group = GateGroup<gates, kGateRowWidths<gates>>;
  constexpr int64_t units = Group::blocks * kLanes<T>, width = Group::vectors * kLanes<T>;
  alignas(64) T tile[width];
  const int64_t panels = panel_count(plan.share.count(), units);
  for (int64_t panel = 0; panel < panels; ++panel) {
    const int64_t unit = plan.share.first + (back ? panels - 1 - panel : panel) * units;
    if (plan.input.x != nullptr) project_panel<T, Kind, kPhase>(plan.input, step.units, unit, plan.projected);
    if (valid[0])
      tile_of<T, 1, Group::vectors>({operand, 0, 1}, packed + unit / units * step.units * width, step.units, {},
                                    {tile, width});
    activate<T, Kind, kPhase>(step, valid, 0, 1, unit, smaller(unit + units, plan.share.last), tile, Group::blocks);
  }
}

template <class T, class Kind, int kPhase>
void forward_phase(const ForwardPlan<T>& plan, const ForwardStep<T>& step, const Validity& valid, int64_t active,
                   bool back, Rows<const T> operand) {
  const T* packed = plan.packed;
  if constexpr (kPhase == 1) packed += phase_size<T, Kind, 0>(step.units, step.units, plan.one_row);
  if (!plan.one_row) {
    forward_panels<T, Kind, kPhase>(step, valid, plan.share, active, operand, packed);
  } else if (active > 0) {
    forward_row<T, Kind, kPhase>(plan, step, valid, back, operand.data, packed);
  }
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
    const bool back = (s + plan.turn) % 2 == 1;
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

    forward_phase<T, Kind, 0>(plan, step, valid, active, back, step.operand);
    if constexpr (Kind::kPhases == 2) {
      plan.share.wait();
      forward_phase<T, Kind, 1>(plan, step, valid, active, back, {plan.reset, units});
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
