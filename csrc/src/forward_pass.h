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

}  // namespace remy::REMY_ISA
