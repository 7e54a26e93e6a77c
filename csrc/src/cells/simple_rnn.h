// h_t = act(x W + h_{t-1} U + b), act one of tanh, max(., 0) and the identity (Elman 1990).
#pragma once

#include "../step.h"
#include "../vector_math.h"
#include "remy/cell.h"

namespace remy::REMY_ISA {

template <Cell kKind>
struct SimpleRnn {
  static constexpr Cell kCell = kKind;
  static constexpr int kPhases = 1;
  static constexpr bool kHasCellState = false;
  template <int>
  static constexpr int kFirstGate = 0;
  template <int>
  static constexpr int kGates = 1;
  template <int>
  static constexpr int kFirstBlock = 0;

  template <int, class T, class At>
  static REMY_INLINE void forward(const ForwardRow<T>& s, At at, const Vec<T>* product) {
    Vec<T> h = s.input(at, 0) + product[0];
    if constexpr (kKind == Cell::simple_rnn_tanh) h = tanh<T>(h);
    if constexpr (kKind == Cell::simple_rnn_relu) h = h < T(0) ? Vec<T>{} : h;  // NaN stays
    put<T>(s.h, at, h);
  }

  template <int, class T, class At>
  static REMY_INLINE void backward(const BackwardRow<T>& s, At at) {
    const Vec<T> h = get(s.h, at);
    Vec<T> d = get(s.dh, at);
    if constexpr (kKind == Cell::simple_rnn_tanh) d *= T(1) - h * h;
    if constexpr (kKind == Cell::simple_rnn_relu) d = h <= T(0) ? Vec<T>{} : d;  // NaN is neither, as in the definition
    s.emit(at, 0, d);
    put<T>(s.dh, at, Vec<T>{});
  }
};

}  // namespace remy::REMY_ISA
