"""Faults to plant in the core, one at a time. Each must turn a test red."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A piece of source that stands exactly once in `path`, and what to put in its place."""

    name: str
    path: str
    old: str
    new: str


LSTM, GRU, RNN = "csrc/src/cells/lstm.h", "csrc/src/cells/gru.h", "csrc/src/cells/simple_rnn.h"
ROWS, FORWARD, BACKWARD = "csrc/src/rows.h", "csrc/src/forward_pass.h", "csrc/src/backward_pass.h"
SEQUENCE, MATH = "csrc/src/sequence.cpp", "csrc/src/vector_math.h"

FAULTS = [
    Fault("input and forget gate exchanged", LSTM, "f * get(s.c_before, p) + i * g", "i * get(s.c_before, p) + f * g"),
    Fault("cell gate read from the output gate's columns", LSTM, "s.input(p, 2) + product[2]", "s.input(p, 3) + product[3]"),
    Fault("gradient of c not scaled by the forget gate", LSTM, "put(s.dc, p, dc * f)", "put(s.dc, p, dc)"),
    Fault("gradient of c without the road through h", LSTM, " + dh * o * (T(1) - squashed * squashed)", ""),
    Fault("update gate acts the wrong way round", GRU, "const Vec<T> candidate = tanh<T>(s.input(p, 2) + r * recurrent[2]);\n    put(s.h, p, z * get(s.h_before, p) + (T(1) - z) * candidate);", "const Vec<T> candidate = tanh<T>(s.input(p, 2) + r * recurrent[2]);\n    put(s.h, p, (T(1) - z) * get(s.h_before, p) + z * candidate);"),
    Fault("reset gate acts before the bias only", GRU, "s.input(p, 2) + r * recurrent[2]", "r * s.input(p, 2) + recurrent[2]"),
    Fault("reset before the product left out", FORWARD, "forward_phase<T, Kind, 1>(step, valid, {reset, units},", "forward_phase<T, Kind, 1>(step, valid, step.operand,"),
    Fault("gradient around the product dropped", GRU, "s.emit(p, 3, d_candidate);\n    put(s.dh, p, dh * z);", "s.emit(p, 3, d_candidate);\n    put(s.dh, p, Vec<T>{});"),
    Fault("gradient of the reset gate has the wrong sign", GRU, "s.emit(p, 1, d_candidate * q * r * (T(1) - r));", "s.emit(p, 1, d_candidate * q * r * (r - T(1)));"),
    Fault("derivative of tanh forgotten", RNN, "d *= T(1) - h * h", "d *= T(1)"),
    Fault("mask skipped", ROWS, " && (mask == nullptr || mask[t * batch + b])", ""),
    Fault("lengths off by one", ROWS, "t < lengths[b]", "t <= lengths[b]"),
    Fault("cell state lost at masked steps", FORWARD, "if constexpr (Kind::kHasCellState) put(step.c, place, get(step.c_before, place));", "if constexpr (Kind::kHasCellState) put(step.c, place, Vec<T>{});"),
    Fault("output of masked steps never zero", FORWARD, "copy_or_clear(valid[r] || !plan.zero_output ? h", "copy_or_clear(true || !plan.zero_output ? h"),
    Fault("gradient flows through zeroed outputs", BACKWARD, "if (valid[r] || !plan.zero_output)\n", "if (true)\n"),
    Fault("gradient into the final h dropped", BACKWARD, "copy_or_clear(plan.d_h_final != nullptr ? plan.d_h_final + offset : nullptr, dh, piece);", "copy_or_clear<T>(nullptr, dh, piece);"),
    Fault("gradient into the final c dropped", BACKWARD, "copy_or_clear(plan.d_c_final != nullptr ? plan.d_c_final + offset : nullptr, dc, piece);", "copy_or_clear<T>(nullptr, dc, piece);"),
    Fault("initial state ignored", FORWARD, "copy_or_clear(plan.h0 != nullptr ? plan.h0 + first * units : nullptr, spare[0], piece);", "copy_or_clear<T>(nullptr, spare[0], piece);"),
    Fault("reverse direction reads its predecessor at the wrong side", BACKWARD, "(plan.reverse ? t + 1 : t - 1)", "(plan.reverse ? t : t - 1)"),
    Fault("final state taken at the wrong end", FORWARD, "if (plan.h_final != nullptr) copy_or_clear(h, plan.h_final", "if (plan.h_final != nullptr) copy_or_clear(plan.reverse && plan.states != nullptr && plan.steps > 0 ? plan.states + ((plan.steps - 1) * plan.batch + first) * units : h, plan.h_final"),
    Fault("recurrent dropout missing from the gradient", BACKWARD, "if (scale) sum *= get(scale, place);", ""),
    Fault("first step missing from the recurrent kernel's gradient", SEQUENCE, "if (s.h0) product", "if (false) product"),
    Fault("recurrent bias without a gradient", SEQUENCE, "column_sums<T>(d_gates.columns(0, recurrent_columns)", "column_sums<T>(d_gates.columns(0, 0)"),
    Fault("states of masked steps reach the gradient", SEQUENCE, "return s.recurrent_dropout || s.masked();", "return bool(s.recurrent_dropout);"),
    Fault("series of exp cut short", MATH, "static constexpr int terms = 13;", "static constexpr int terms = 7;"),
]  # fmt: skip
