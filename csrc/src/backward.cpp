// Spans of steps, the last first. In each, the rows of the batch go back through time (every thread its own rows);
// then, over all rows of the span at once, come the gradients of the inputs (every thread some rows) and of the weights
// (every thread some columns). The span's arrays stay in the caches; none of them is as long as the sequence.
#include <algorithm>

#include "carried.h"
#include "denormals.h"
#include "inputs.h"
#include "kernels.h"
#include "remy/sequence.h"
#include "remy/threads.h"
#include "remy/workspace.h"
#include "row_order.h"
#include "unit_share.h"
#include "weight_gradients.h"

namespace remy {
namespace {

// Rows of a span: a megabyte of them; at least as many as the product takes at a time. Sums are split at its ends, so
// it must not depend on the number of threads.
std::int64_t span_steps(std::int64_t values_a_row, std::int64_t batch) {
  const std::int64_t wanted = std::clamp<std::int64_t>((1 << 18) / (values_a_row + 1), 256, 1024);
  return std::max<std::int64_t>(1, wanted / std::max<std::int64_t>(1, batch));
}

// Kept by each calling thread from call to call.
template <class T>
struct Memory {
  RowOrder order;
  Buffer<std::int64_t> offsets;
  Buffer<unsigned char> flags;
  Buffer<T> packed, packed_kernel, inputs, operands, resets, d_gates, carried, zeros, scratch;
};

template <class T>
class BackwardRun {
 public:
  BackwardRun(const Sequence<T>& sequence, const Record<const T>& record, const Arriving<T>& arriving,
              const Gradients<T>& gradients, Memory<T>& memory)
      : s_(sequence),
        arriving_(arriving),
        gradients_(gradients),
        memory_(memory),
        kernels_(kernels<T>()),
        rows_(memory.order.plan(s_.lengths, s_.steps, s_.batch)),
        blocks_(gradient_count(s_.cell) * s_.units),
        span_(std::min(span_steps(blocks_ + s_.inputs + 2 * s_.units, s_.batch), std::max<std::int64_t>(1, s_.steps))),
        members_(team_members(s_, kernels_.row_width)),
        parts_(members_ > 1 ? 1 : row_parts(2 * s_.steps * s_.batch * s_.units * s_.columns(), s_.batch)),
        most_((s_.batch + parts_ - 1) / parts_) {
    plan_.span = {{}, s_.mask, s_.steps, 0, 0, s_.reverse, s_.zero_output, nullptr};
    plan_.units = s_.units;
    plan_.dropout = s_.recurrent_dropout;
    plan_.states = record.states;
    plan_.cells = record.cells;
    plan_.gates = record.gates;
    plan_.d_outputs = arriving.outputs;
    plan_.d_states = gradients.states;
    plan_.d_cells = gradients.cells;
    reserve();
    pack();
  }

  void run() {
    WeightGradients<T> weights(s_, kernels_, gradients_, {inputs_, plan_.operands, plan_.resets, plan_.d_gates});
    std::int64_t last = s_.steps;
    do {  // a sequence without steps passes the gradient of the final state on
      const std::int64_t first = std::max<std::int64_t>(0, last - span_), count = begin_span(first, last);
      if (members_ > 1) {
        together(members_, [&](const Team& team) { go_back(0, team); });
      } else {
        parallel(parts_, [&](int part) { go_back(part, Team{}); });
      }
      const int parts = worthwhile_parts(count * blocks_ * (s_.units + s_.inputs));
      T* scratch = memory_.scratch.resize(parts * (scratch_size(count, parts)));
      parallel(parts, [&](int part) {
        const FlushDenormals flush;
        T* mine = scratch + part * scratch_size(count, parts);
        if (gradients_.x) input_gradients(count, part, parts, mine);
        weights.add(count, part, parts, mine);
      });
      weights.next();
      last = first;
    } while (last > 0);
  }

 private:
  void reserve() {
    const std::int64_t rows = span_ * s_.batch;
    inputs_ = gradients_.kernel != nullptr ? memory_.inputs.resize(rows * s_.inputs) : nullptr;
    plan_.operands = memory_.operands.resize(rows * s_.units);
    plan_.resets = s_.cell == Cell::gru_reset_before ? memory_.resets.resize(rows * s_.units) : nullptr;
    plan_.d_gates = memory_.d_gates.resize(rows * blocks_);
    memory_.offsets.resize(span_ + 1);
    plan_.offsets = memory_.offsets.data();
    memory_.flags.resize((most_ + kCacheLine) * members_ * parts_);
    memory_.carried.resize(4 * most_ * s_.units * parts_);
    T* zeros = memory_.zeros.resize(s_.units);
    std::fill(zeros, zeros + s_.units, T(0));
    plan_.h0 = s_.h0 != nullptr ? s_.h0 : zeros;
    plan_.h0_stride = s_.h0 != nullptr ? s_.units : 0;
    plan_.c0 = s_.c0 != nullptr ? s_.c0 : zeros;
    plan_.c0_stride = s_.c0 != nullptr ? s_.units : 0;
  }

  void pack() {
    const std::int64_t units = s_.units, columns = s_.columns();
    const MatrixView<const T> recurrent{s_.recurrent_kernel, units, columns, columns, 1};
    plan_.one_row = s_.batch == 1;
    T* packed = memory_.packed.resize(kernels_.of(s_.cell).packed_backward_size(units, plan_.one_row));
    kernels_.of(s_.cell).pack_backward(recurrent, plan_.one_row, packed);
    plan_.packed = packed;
    if (!gradients_.x) return;
    const MatrixView<const T> kernel{s_.kernel, s_.inputs, columns, columns, 1};
    T* to = memory_.packed_kernel.resize(kernels_.packed_matrix_size(columns, s_.inputs));
    // In the order of the gradient's blocks: the candidate's comes first where there are two.
    const std::int64_t before = s_.cell == Cell::gru_reset_after ? units : 0;
    kernels_.pack_matrix(kernel.columns(columns - before, before).transposed(), columns, 0, to);
    kernels_.pack_matrix(kernel.columns(0, columns - before).transposed(), columns, before, to);
    packed_kernel_ = to;
  }

  // Returns the number of rows of all steps of the span.
  std::int64_t begin_span(std::int64_t first, std::int64_t last) {
    plan_.span.first = first;
    plan_.span.last = last;
    std::int64_t count = 0;
    for (std::int64_t s = first; s < last; ++s) {
      memory_.offsets.data()[s - first] = count;
      count += rows_.at(plan_.span.time(s));
    }
    memory_.offsets.data()[last - first] = count;
    return count;
  }

  void go_back(int part, const Team& team) {
    const FlushDenormals flush;
    const PartRows rows{rows_, part, parts_};
    const std::int64_t piece = most_ * s_.units;
    BackwardPlan<T> plan = plan_;
    plan.span.rows = rows;
    plan.span.flags = memory_.flags.data() + (part + team.member) * (most_ + kCacheLine);
    plan.share = share_of_units(team, s_.units, kernels_.row_width);
    plan.dh = memory_.carried.data() + part * 4 * piece;
    plan.dc = plan.dh + piece;
    plan.h_before = plan.dc + piece;
    plan.d_reset = plan.h_before + piece;
    if (team.member == 0) {
      if (plan.span.last == s_.steps) {
        start_from(arriving_.h_final, rows, s_.units, plan.dh);
        if (has_cell_state(s_.cell)) start_from(arriving_.c_final, rows, s_.units, plan.dc);
      }
      gather(rows);
    }
    team.wait();
    kernels_.of(s_.cell).backward(plan);
    team.wait();
    if (plan.span.first == 0 && team.member == 0) {
      end_at(plan.dh, rows, s_.units, gradients_.h0);
      if (has_cell_state(s_.cell)) end_at(plan.dc, rows, s_.units, gradients_.c0);
    }
  }

  // The span's inputs for the gradient of the kernel; and no gradient where there is no step.
  void gather(const PartRows& rows) {
    for (std::int64_t s = plan_.span.first; s < plan_.span.last; ++s) {
      const std::int64_t t = plan_.span.time(s), first = plan_.offsets[s - plan_.span.first] + rows.part;
      if (inputs_ != nullptr) gather_inputs(s_, rows, t, inputs_, first, rows.parts);
      if (gradients_.x)
        for (std::int64_t r = rows.at(t); r < rows.count(); ++r)
          std::fill_n(gradients_.x.at(t, rows.row(r)), s_.inputs, T(0));
    }
  }

  std::int64_t scratch_size(std::int64_t count, int parts) const {
    const std::int64_t rows = (count + parts - 1) / parts + kernels_.product_rows;
    const std::int64_t wanted = std::max(rows * s_.inputs, WeightGradients<T>::scratch_size(kernels_, count));
    return (wanted + kCacheLine) / kCacheLine * kCacheLine;
  }

  // dx = d_gates W^T, and each row to its place.
  void input_gradients(std::int64_t count, int part, int parts, T* scratch) {
    const std::int64_t columns = s_.columns();
    const Range range = share(count, parts, part, kernels_.product_rows);
    if (range.first == range.last) return;
    kernels_.multiply({plan_.d_gates + range.first * blocks_, range.last - range.first, columns, blocks_, 1},
                      {nullptr, columns, s_.inputs, 0, 1}, packed_kernel_,
                      {scratch, range.last - range.first, s_.inputs, s_.inputs, 1}, nullptr, false, nullptr);
    std::int64_t s = plan_.span.first;
    for (std::int64_t row = range.first; row < range.last; ++row, scratch += s_.inputs) {
      while (row >= plan_.offsets[s + 1 - plan_.span.first]) ++s;
      const std::int64_t place = row - plan_.offsets[s - plan_.span.first];
      const std::int64_t t = plan_.span.time(s), b = rows_.row(place);
      if (s_.mask && !*s_.mask.at(t, b)) {  // 0 times an infinite weight would reach it
        std::fill_n(gradients_.x.at(t, b), s_.inputs, T(0));
      } else {
        std::copy_n(scratch, s_.inputs, gradients_.x.at(t, b));
      }
    }
  }

  const Sequence<T>& s_;
  const Arriving<T>& arriving_;
  const Gradients<T>& gradients_;
  Memory<T>& memory_;
  const Kernels<T>& kernels_;
  const RowPlan rows_;
  const std::int64_t blocks_;  // columns of d_gates
  const std::int64_t span_;
  const int members_;        // of the team that goes back, or 1
  const int parts_;          // of the rows, each by a thread alone, or 1
  const std::int64_t most_;  // rows of the largest part
  BackwardPlan<T> plan_{};
  T* inputs_ = nullptr;
  const T* packed_kernel_ = nullptr;
};

}  // namespace

template <class T>
void backward(const Sequence<T>& sequence, const Record<const T>& record, const Arriving<T>& arriving,
              const Gradients<T>& gradients) {
  thread_local Memory<T> memory;
  BackwardRun<T>(sequence, record, arriving, gradients, memory).run();
}

template void backward<float>(const Sequence<float>&, const Record<const float>&, const Arriving<float>&,
                              const Gradients<float>&);
template void backward<double>(const Sequence<double>&, const Record<const double>&, const Arriving<double>&,
                               const Gradients<double>&);

}  // namespace remy
