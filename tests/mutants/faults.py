"""Faults to plant in the core, one at a time. Each must turn a test red."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A piece of source that stands exactly once in `path`, and what to put in its place."""

    name: str
    path: str
    old: str
    new: str


LSTM = "csrc/src/cells/lstm.h"
GRU = "csrc/src/cells/gru.h"
RNN = "csrc/src/cells/simple_rnn.h"
ROWS = "csrc/src/rows.h"
ORDER = "csrc/src/row_order.h"
PLAN = "csrc/src/row_plan.h"
FORWARD = "csrc/src/forward_pass.h"
BACKWARD = "csrc/src/backward_pass.h"
RUN = "csrc/src/forward.cpp"
CARRIED = "csrc/src/carried.h"
BACK = "csrc/src/backward.cpp"
INPUTS = "csrc/src/inputs.h"
WEIGHTS = "csrc/src/weight_gradients.h"
PRODUCT = "csrc/src/product_kernel.h"
STEP = "csrc/src/step.h"
SIMD = "csrc/src/simd.h"
SHARE = "csrc/src/unit_share.h"
THREADS = "csrc/src/threads.cpp"
STREAM = "csrc/src/stream.cpp"
POOL = "csrc/src/pool.cpp"
MATH = "csrc/src/vector_math.h"
BINDING = "bindings/sequence.cpp"

FAULTS = [
    Fault("input and forget gate exchanged", LSTM, "f * get(s.c, at) + i * g", "i * get(s.c, at) + f * g"),
    Fault("cell gate read from the output gate's columns", LSTM, "s.input(at, 2) + product[2]", "s.input(at, 3) + product[3]"),
    Fault("gradient of c not scaled by the forget gate", LSTM, "put<T>(s.dc, at, dc * f)", "put<T>(s.dc, at, dc)"),
    Fault("gradient of c without the road through h", LSTM, " + dh * o * (T(1) - squashed * squashed)", ""),
    Fault("gradient of the forget gate from c after the step", LSTM, "dc * get(s.c_before, at) * f", "dc * get(s.c, at) * f"),
    Fault("update gate acts the wrong way round", GRU, "const Vec<T> candidate = tanh<T>(s.input(at, 2) + r * recurrent[2]);\n    put<T>(s.h, at, z * get(s.h_before, at) + (T(1) - z) * candidate);", "const Vec<T> candidate = tanh<T>(s.input(at, 2) + r * recurrent[2]);\n    put<T>(s.h, at, (T(1) - z) * get(s.h_before, at) + z * candidate);"),
    Fault("reset gate acts before the bias only", GRU, "s.input(at, 2) + r * recurrent[2]", "r * s.input(at, 2) + recurrent[2]"),
    Fault("gradient around the product dropped", GRU, "s.emit(at, 3, d_candidate * r);\n    put<T>(s.dh, at, dh * z);", "s.emit(at, 3, d_candidate * r);\n    put<T>(s.dh, at, Vec<T>{});"),
    Fault("gradient of the reset gate has the wrong sign", GRU, "s.emit(at, 2, d_candidate * q * r * (T(1) - r));", "s.emit(at, 2, d_candidate * q * r * (r - T(1)));"),
    Fault("dropout missing from the road through the reset gate", GRU, "dh + (s.dropout != nullptr ? d_operand * get(s.dropout, at) : d_operand)", "dh + d_operand"),
    Fault("derivative of tanh forgotten", RNN, "d *= T(1) - h * h", "d *= T(1)"),
    Fault("mask skipped", ROWS, "return !mask || flags[row] != 0;", "return true;"),
    Fault("a step more for every row", ORDER, "active[t] = active[t + 1];", "active[t] = active[t];"),
    Fault("a row less at every step", PLAN, "active != nullptr ? active[t] : batch", "active != nullptr ? active[t] - (active[t] > 0 ? 1 : 0) : batch"),
    Fault("rows of a part counted short", PLAN, "(rows - part + parts - 1) / parts", "(rows - part) / parts"),
    Fault("order of rows ignored where outputs are written", FORWARD, "const int64_t outer = valid.rows.row(r);", "const int64_t outer = valid.rows.part + r * valid.rows.parts;"),
    Fault("order of rows ignored where final states are written", CARRIED, "to + rows.row(r) * units);", "to + (rows.part + r * rows.parts) * units);"),
    Fault("order of rows ignored where initial states are read", CARRIED, "initial + rows.row(r) * units", "initial + (rows.part + r * rows.parts) * units"),
    Fault("order of rows ignored in the gradient of the inputs", BACK, "b = rows_.row(place);", "b = place;"),
    Fault("rows that have ended stand in one buffer only", FORWARD, "for (int64_t r = active; s > 0 && r <", "for (int64_t r = active; false && r <"),
    Fault("gates of masked steps not cleared", FORWARD, "if (plan.gates && !is_valid)", "if (false)"),
    Fault("reset before the product left out", FORWARD, "(plan, step, valid, active, back, {plan.reset, units})", "(plan, step, valid, active, back, step.operand)"),
    Fault("second phase reads the first one's panels", FORWARD, "if constexpr (kPhase == 1) packed += phase_size<T, Kind, 0>(step.units, step.units, plan.one_row);", ""),
    Fault("a step's second phase projects with the first one's weights", FORWARD, "kernel += phase_size<T, Kind, 0>(input.inputs, units, true);", ""),
    Fault("a step's bias is the first panel's in all panels", FORWARD, "bias + panel * width : nullptr", "bias : nullptr"),
    Fault("a step's panel is projected to the first gates", FORWARD, "(Kind::template kFirstGate<kPhase> + g) * units + unit", "g * units + unit"),
    Fault("a single row's panels all go to the first units", FORWARD, "activate<T, Kind, kPhase>(step, valid, 0, 1, unit,", "activate<T, Kind, kPhase>(step, valid, 0, 1, plan.share.first,"),
    Fault("output of masked steps never zero", FORWARD, "is_valid || !plan.span.zero_output ? state", "true ? state"),
    Fault("initial state ignored", RUN, "start_from(s.h0, rows, units, plan.h[0]);", "start_from<T>(nullptr, rows, units, plan.h[0]);"),
    Fault("final state taken at the wrong step", RUN, "end_at(plan.h[s.steps % 2],", "end_at(plan.h[0],"),
    Fault("state lost from span to span", RUN, "plan.span.first = first;\n", "plan.span.first = first;\n    if (first > 0 && leads) start_from(s.h0, rows, units, plan.h[first % 2]);\n"),
    Fault("every span gathers the first one's inputs", RUN, "const std::int64_t t = plan.span.time(step);", "const std::int64_t t = plan.span.time(step - first);"),
    Fault("offset of a span read in place one row short", RUN, "s.x.data + first * rows.count() * s.inputs", "s.x.data + (first * rows.count() - (first > 0 ? 1 : 0)) * s.inputs"),
    Fault("batch-first inputs read as they lie", INPUTS, "return steps_adjacent && rows_adjacent && !s.reverse", "return !s.reverse"),
    Fault("reversed inputs read as they lie", INPUTS, "&& !s.reverse && !s.masked()", "&& !s.masked()"),
    Fault("inputs of masked steps reach the kernel's gradient", INPUTS, "if (s.mask && !*s.mask.at(t, row)) {", "if (false) {"),
    Fault("gradient flows through zeroed outputs", BACKWARD, "if (plan.d_outputs && (is_valid || !plan.span.zero_output))", "if (plan.d_outputs)"),
    Fault("gradient into the final h dropped", BACK, "start_from(arriving_.h_final, rows, s_.units, plan.dh);", "start_from<T>(nullptr, rows, s_.units, plan.dh);"),
    Fault("gradient into the final c dropped", BACK, "start_from(arriving_.c_final, rows, s_.units, plan.dc);", "start_from<T>(nullptr, rows, s_.units, plan.dc);"),
    Fault("reverse direction reads its predecessor at the wrong side", BACKWARD, "before = plan.span.time(s - 1);", "before = plan.span.time(plan.span.reverse ? s : s - 1);"),
    Fault("initial state of the first row for all", BACKWARD, "plan.h0 + outer * plan.h0_stride", "plan.h0"),
    Fault("recurrent dropout missing from the gradient", BACKWARD, "if (factors != nullptr) sum *= get(factors, at);", ""),
    Fault("dropout factors missing from the operands", BACKWARD, "multiply_row(h, plan.dropout + outer * plan.units + first, operand, count);", "copy_row(h, operand, count);"),
    Fault("states of masked steps reach the gradient", BACKWARD, "    if (!valid[r]) {\n      clear_row(operand, count);\n      continue;\n    }\n", ""),
    Fault("gradients of masked steps not cleared", BACKWARD, "clear_row(row.d_gates + block * step.units + first, count);", ";"),
    Fault("gradient that arrives at a masked c not noted", BACKWARD, "if (Kind::kHasCellState && row.d_cells != nullptr)", "if (false)"),
    Fault("gradient that arrives at c beyond a row's length not noted", BACKWARD, "if (Kind::kHasCellState && plan.d_cells && r >= active)", "if (false)"),
    Fault("gradient of inputs at a gap is 0 times what the kernel holds", BACK, "if (s_.mask && !*s_.mask.at(t, b)) {", "if (false) {"),
    Fault("gradient of inputs beyond a row's length not cleared", BACK, "if (gradients_.x)\n        for", "if (false)\n        for"),
    Fault("order of the candidate's columns forgotten in the gradient of the inputs", BACK, "const std::int64_t before = s_.cell == Cell::gru_reset_after ? units : 0;", "const std::int64_t before = 0;"),
    Fault("a span back begins one row too early", BACK, "memory_.offsets.data()[s - first] = count;", "memory_.offsets.data()[s - first] = count - (s > first ? 1 : 0);"),
    Fault("initial gradient in every span", BACK, "if (plan.span.last == s_.steps) {", "if (true) {"),
    Fault("gradient of the initial state from the last span", BACK, "if (plan.span.first == 0 && team.member == 0) {", "if (plan.span.last == s_.steps && team.member == 0) {"),
    Fault("gradients of the inputs one row off between parts", BACK, "plan_.d_gates + range.first * blocks_", "plan_.d_gates + (range.first > 0 ? range.first - 1 : 0) * blocks_"),
    Fault("second span overwrites the weights' gradients", WEIGHTS, "nullptr, started_, nullptr);", "nullptr, false, nullptr);"),
    Fault("weights' gradients added to what stood there", WEIGHTS, "bool started_ = false;", "bool started_ = true;"),
    Fault("candidate's gradient as the recurrent product sees it for the kernel", WEIGHTS, "group(0, units, {x(2 * units), {}}", "group(3 * units, units, {x(2 * units), {}}"),
    Fault("candidate's gradient as the input product sees it for the recurrent kernel", WEIGHTS, "group(3 * units, units, {h(", "group(0, units, {h("),
    Fault("candidate's two biases exchanged", WEIGHTS, "at(to.bias, 2 * units), nullptr);\n      group(units, 2 * units, {x(0), h(rows.operands, 0)}, to.bias, recurrent_bias);\n      group(3 * units, units, {h(rows.operands, 2 * units), {}}, nullptr, at(recurrent_bias, 2 * units));", "at(recurrent_bias, 2 * units), nullptr);\n      group(units, 2 * units, {x(0), h(rows.operands, 0)}, to.bias, recurrent_bias);\n      group(3 * units, units, {h(rows.operands, 2 * units), {}}, nullptr, at(to.bias, 2 * units));"),
    Fault("recurrent bias without a gradient", WEIGHTS, "to.bias, recurrent_bias);", "to.bias, nullptr);"),
    Fault("reset operand forgotten in the recurrent kernel's gradient", WEIGHTS, "h(rows.resets, 2 * units)", "h(rows.operands, 2 * units)"),
    Fault("bias added up by every part", WEIGHTS, "if (bias != nullptr && part == 0)", "if (bias != nullptr)"),
    Fault("bias of the first block of rows only", PRODUCT, "first < matrix.rows; first += block", "first < smaller(block, matrix.rows); first += block"),
    Fault("the last, partial vector of units left out", STEP, "if (unit < last) f(Partial{unit, last - unit});", ""),
    Fault("a partial vector one value short", SIMD, "for (int64_t i = 0; i < count; ++i) to[i] = v[i];", "for (int64_t i = 0; i + 1 < count; ++i) to[i] = v[i];"),
    Fault("strides of steps and rows exchanged inside", STEP, "view.row_stride};", "view.step_stride};"),
    Fault("strides of batch-first arrays exchanged at the border", BINDING, "if (rows_first) return {pointer<T>(address), width, steps * width};", "if (rows_first) return {pointer<T>(address), steps * width, width};"),
    Fault("a length of one step too many let in", BINDING, "values[row] > steps)", "values[row] > steps + 1)"),
    Fault("members of a team do not meet after a step", FORWARD, "projected += active * gate_count(Kind::kCell) * units;\n    plan.share.wait();", "projected += active * gate_count(Kind::kCell) * units;"),
    Fault("members of a team do not meet between two phases", FORWARD, "plan.share.wait();\n      forward_phase", "forward_phase"),
    Fault("members of a team do not meet before the product back", BACKWARD, "differentiate<T, Kind, 0>(step, valid, plan.share, active);\n    plan.share.wait();", "differentiate<T, Kind, 0>(step, valid, plan.share, active);"),
    Fault("members of a team do not meet before the first product back", BACKWARD, "differentiate<T, Kind, 1>(step, valid, plan.share, active);\n      plan.share.wait();", "differentiate<T, Kind, 1>(step, valid, plan.share, active);"),
    Fault("members of a team do not wait for the projection", RUN, "team.wait();\n    kernels.of(s.cell).forward(plan);", "kernels.of(s.cell).forward(plan);"),
    Fault("members of a team do not wait for the inputs", RUN, "team.wait();\n    const T* x", "const T* x"),
    Fault("the barrier opens one member early", THREADS, "+ 1 == members) {", "+ 2 >= members) {"),
    Fault("a team is said to be larger than it is", THREADS, "if (threads.workers() + 1 < members) return task(Team{});", ""),
    Fault("a pool in use is used again", THREADS, "if (!use.owns_lock()) return task(Team{});", ""),
    Fault("a member's share begins one panel late", SHARE, "return {mine.first, mine.last, team", "return {mine.first > 0 ? mine.first + grain : 0, mine.last, team"),
    Fault("a team is never taken", SHARE, "std::clamp<std::int64_t>(s.units / grain, 1, threads)", "std::clamp<std::int64_t>(s.units / grain, 1, 1)"),
    Fault("every member reads the first one's panels", FORWARD, "packed += share.first / units * step.units * width;", ""),
    Fault("every member reads the first one's panels on the way back", BACKWARD, "packed += share.first * depth;", ""),
    Fault("every member reads the first one's panels of the kernel", RUN, "layer.kernel + mine.first * s.inputs", "layer.kernel"),
    Fault("a packed layer's single row reads the panels of several", STREAM, "apart ? pack(recurrent_kernel.data, units_, true, recurrent_kernel_of_one_)", "false ? pack(recurrent_kernel.data, units_, true, recurrent_kernel_of_one_)"),
    Fault("a packed layer's final c goes nowhere", STREAM, "record.c_final = c.data;", ""),
    Fault("a block that somebody holds is lent", POOL, "all.blocks.erase(best);", ""),
    Fault("a block too small is lent", POOL, "if (capacity >= bytes && capacity - bytes", "if (capacity + 512 >= bytes && capacity - bytes + 512"),
    Fault("idle memory without limit", POOL, "release_down_to(all, kMostIdleBytes);", ""),
    Fault("series of exp cut short", MATH, "static constexpr int terms = 13;", "static constexpr int terms = 7;"),
]  # fmt: skip
