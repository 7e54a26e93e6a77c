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

  template <int, class T>
  static REMY_INLINE void forward(const ForwardStep<T>& s, Place p, const Vec<T>* product) {
    Vec<T> h = s.input(p, 0) + product[0];
    if constexpr (kKind == Cell::simple_rnn_tanh) h = tanh<T>(h);
    if constexpr (kKind == Cell::simple_rnn_relu) h = h < T(0) ? Vec<T>{} : h;  // NaN stays
    put(s.h, p, h);
  }

  template <int, class T>
  static REMY_INLINE void backward(const BackwardStep<T>& s, Place p) {
    const Vec<T> h = get(s.h, p);
    Vec<T> d = get(s.dh, p);
    if constexpr (kKind == Cell::simple_rnn_tanh) d *= T(1) - h * h;
    if constexpr (kKind == Cell::simple_rnn_relu) d = h <= T(0) ? Vec<T>{} : d;  // NaN is neither, as in the definition
    s.emit(p, 0, d);
    put(s.dh, p, Vec<T>{});
  }
};

}  // namespace remy::REMY_ISA
