#include <algorithm>

#include "carried.h"
#include "denormals.h"
#include "forward_run.h"
#include "inputs.h"
#include "remy/threads.h"
#include "unit_share.h"

namespace remy {
namespace {

// Rows of inputs and projections that a part holds at a time: a quarter of a megabyte of them, so that they stay in the
// second-level cache, but enough that the packed kernel is not fetched for a handful.
std::int64_t span_steps(std::int64_t values_a_row, std::int64_t rows) {
  const std::int64_t wanted = std::clamp<std::int64_t>((1 << 16) / (values_a_row + 1), 96, 256);
  return std::max<std::int64_t>(1, wanted / std::max<std::int64_t>(1, rows));
}

// One part's rows through all steps, by one thread or by a team that shares the units.
template <class T>
void run_part(const PackedLayer<T>& layer, const Sequence<T>& s, const Record<T>& record, const PartRows& rows,
              const Team& team, std::int64_t span, std::int64_t turn, T* memory, unsigned char* flags) {
  const FlushDenormals flush;
  const Kernels<T>& kernels = *layer.kernels;
  const std::int64_t units = s.units, columns = s.columns(), piece = rows.count() * units;
  const bool direct = rows.parts == 1 && in_reading_order(s), leads = team.member == 0;
  const auto take = [&memory](std::int64_t count) {
    T* here = memory;
    memory += count;
    return here;
  };
  ForwardPlan<T> plan{};
  plan.span = {rows, s.mask,    s.steps,       0,
               0,    s.reverse, s.zero_output, flags + team.member * (rows.count() + kCacheLine)};
  plan.share = share_of_units(team, units, kernels.row_width);
  plan.units = units;
  plan.one_row = s.batch == 1;
  plan.packed = plan.one_row ? layer.recurrent_kernel_of_one : layer.recurrent_kernel;
  plan.recurrent_bias = layer.recurrent_bias;
  plan.dropout = s.recurrent_dropout;
  plan.outputs = record.outputs;
  if (record.states.data != record.outputs.data) plan.states = record.states;
  plan.cells = record.cells;
  plan.gates = record.gates;
  plan.h[0] = take(piece);
  plan.h[1] = take(piece);
  plan.c = take(piece);
  plan.update = take(piece);
  plan.reset = take(piece);
  T* projected = take(span * rows.count() * columns);
  T* gathered = take(span * rows.count() * s.inputs);
  plan.operand = take(piece * team.members) + team.member * piece;
  plan.projected = projected;
  plan.turn = turn;

  if (leads) {
    start_from(s.h0, rows, units, plan.h[0]);
    std::copy_n(plan.h[0], piece, plan.h[1]);
    if (has_cell_state(s.cell)) start_from(s.c0, rows, units, plan.c);
  }
  for (std::int64_t first = 0; first < s.steps; first += span) {
    plan.span.first = first;
    plan.span.last = std::min(first + span, s.steps);
    std::int64_t count = 0;
    for (std::int64_t step = first; step < plan.span.last; ++step) {
      const std::int64_t t = plan.span.time(step);
      if (!direct && leads) gather_inputs(s, rows, t, gathered, count, 1);
      count += rows.at(t);
    }
    team.wait();
    const T* x = direct ? s.x.data + first * rows.count() * s.inputs : gathered;
    if (layer.kernel_of_one != nullptr && plan.one_row && s.steps == 1 && team.members == 1) {
      plan.input = {x, s.inputs, layer.kernel_of_one, layer.bias_of_one};
      kernels.of(s.cell).forward(plan);
      break;
    }
    const Range mine = share(columns, team.members, team.member, kernels.product_width);
    kernels.multiply({x, count, s.inputs, s.inputs, 1}, {nullptr, s.inputs, mine.last - mine.first, columns, 1},
                     layer.kernel + mine.first * s.inputs,
                     {projected + mine.first, count, mine.last - mine.first, columns, 1},
                     layer.bias != nullptr ? layer.bias + mine.first : nullptr, false, nullptr);
    team.wait();
    kernels.of(s.cell).forward(plan);  // a team has met when it returns
  }
  if (!leads) return;
  end_at(plan.h[s.steps % 2], rows, units, record.h_final);
  if (has_cell_state(s.cell)) end_at(plan.c, rows, units, record.c_final);
}

// Kept by each calling thread.
template <class T>
struct Memory {
  ForwardMemory<T> run;
  Buffer<T> kernel, recurrent_kernel;
};

}  // namespace

template <class T>
void run_forward(const PackedLayer<T>& layer, const Sequence<T>& s, const Record<T>& record, ForwardMemory<T>& memory) {
  const RowPlan rows = memory.order.plan(s.lengths, s.steps, s.batch);
  const std::int64_t columns = s.columns();
  const int members = team_members(s, layer.kernels->row_width);
  const int parts = members > 1 ? 1 : row_parts(s.steps * s.batch * (s.units + s.inputs) * columns, s.batch);
  const std::int64_t most = (s.batch + parts - 1) / parts;
  const std::int64_t span = std::min(span_steps(s.inputs + columns, most), std::max<std::int64_t>(1, s.steps));
  // A line more for each part, so that no two share one.
  const std::int64_t size = most * (span * (columns + s.inputs) + (5 + members) * s.units) + kCacheLine;
  const std::int64_t flags_size = (most + kCacheLine) * members;
  T* values = memory.values.resize(size * parts);
  unsigned char* flags = memory.flags.resize(flags_size * parts);
  if (members > 1) {
    together(members, [&](const Team& team) {
      run_part(layer, s, record, PartRows{rows, 0, 1}, team, span, memory.turn, values, flags);
    });
  } else {
    parallel(parts, [&](int part) {
      run_part(layer, s, record, PartRows{rows, part, parts}, Team{}, span, memory.turn, values + part * size,
               flags + part * flags_size);
    });
  }
  memory.turn = (memory.turn + s.steps) % 2;
}

template <class T>
void forward(const Sequence<T>& s, const Record<T>& record) {
  thread_local Memory<T> memory;
  const Kernels<T>& all = kernels<T>();
  const std::int64_t columns = s.columns();
  PackedLayer<T> layer{&all, nullptr, nullptr, nullptr, s.bias, nullptr};
  if (s.bias != nullptr && bias_rows(s.cell) == 2) layer.recurrent_bias = s.bias + columns;
  T* kernel = memory.kernel.resize(all.packed_matrix_size(s.inputs, columns));
  all.pack_matrix({s.kernel, s.inputs, columns, columns, 1}, s.inputs, 0, kernel);
  const bool one_row = s.batch == 1;
  T* recurrent = memory.recurrent_kernel.resize(all.of(s.cell).packed_forward_size(s.units, s.units, one_row));
  all.of(s.cell).pack_forward({s.recurrent_kernel, s.units, columns, columns, 1}, s.units, one_row, recurrent);
  layer.kernel = kernel;
  (one_row ? layer.recurrent_kernel_of_one : layer.recurrent_kernel) = recurrent;
  run_forward(layer, s, record, memory.run);
}

#define REMY_INSTANTIATE(T)                                                                                     \
  template void run_forward<T>(const PackedLayer<T>&, const Sequence<T>&, const Record<T>&, ForwardMemory<T>&); \
  template void forward<T>(const Sequence<T>&, const Record<T>&);
REMY_INSTANTIATE(float)
REMY_INSTANTIATE(double)

}  // namespace remy
