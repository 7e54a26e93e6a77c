// z, r = sigmoid(x W + h_{t-1} U + b), h_t = z h_{t-1} + (1 - z) h~ (Cho et al. 2014), in Keras's two forms:
//   reset after   h~ = tanh(x W_h + b_h + r q), q = h_{t-1} U_h + b'_h
//   reset before  h~ = tanh(x W_h + b_h + (r h_{t-1}) U_h)
// The second needs r before its product can start: two phases a step.
#pragma once

#include "../step.h"
#include "../vector_math.h"
#include "remy/cell.h"

namespace remy::REMY_ISA {

struct GruResetAfter {
  static constexpr Cell kCell = Cell::gru_reset_after;
  static constexpr int kPhases = 1;
  static constexpr bool kHasCellState = false;
  template <int>
  static constexpr int kFirstGate = 0;
  template <int>
  static constexpr int kGates = 3;
  template <int>
  static constexpr int kFirstBlock = 1;

  template <int, class T>
  static REMY_INLINE void forward(const ForwardStep<T>& s, Place p, const Vec<T>* product) {
    Vec<T> recurrent[3];
#pragma GCC unroll 3
    for (int g = 0; g < 3; ++g) {
      recurrent[g] = product[g];
      if (s.recurrent_bias != nullptr) recurrent[g] += load(s.recurrent_bias + g * s.units + p.unit, p.count);
    }
    const Vec<T> z = sigmoid<T>(s.input(p, 0) + recurrent[0]);
    const Vec<T> r = sigmoid<T>(s.input(p, 1) + recurrent[1]);
    const Vec<T> candidate = tanh<T>(s.input(p, 2) + r * recurrent[2]);
    put(s.h, p, z * get(s.h_before, p) + (T(1) - z) * candidate);
    s.keep(p, 0, z);
    s.keep(p, 1, r);
    s.keep(p, 2, candidate);
    s.keep(p, 3, recurrent[2]);
  }

  template <int, class T>
  static REMY_INLINE void backward(const BackwardStep<T>& s, Place p) {
    const Vec<T> z = s.slot(p, 0), r = s.slot(p, 1), candidate = s.slot(p, 2), q = s.slot(p, 3);
    const Vec<T> dh = get(s.dh, p);
    const Vec<T> d_candidate = dh * (T(1) - z) * (T(1) - candidate * candidate);
    s.emit(p, 0, d_candidate);
    s.emit(p, 1, dh * (get(s.h_before, p) - candidate) * z * (T(1) - z));
    s.emit(p, 2, d_candidate * q * r * (T(1) - r));
    s.emit(p, 3, d_candidate * r);
    put(s.dh, p, dh * z);
  }
};

struct GruResetBefore {
  static constexpr Cell kCell = Cell::gru_reset_before;
  static constexpr int kPhases = 2;
  static constexpr bool kHasCellState = false;
  template <int kPhase>
  static constexpr int kFirstGate = kPhase == 0 ? 0 : 2;
  template <int kPhase>
  static constexpr int kGates = kPhase == 0 ? 2 : 1;
  template <int kPhase>
  static constexpr int kFirstBlock = kFirstGate<kPhase>;

  template <int kPhase, class T>
  static REMY_INLINE void forward(const ForwardStep<T>& s, Place p, const Vec<T>* product) {
    if constexpr (kPhase == 0) {
      const Vec<T> z = sigmoid<T>(s.input(p, 0) + product[0]);
      const Vec<T> r = sigmoid<T>(s.input(p, 1) + product[1]);
      put(s.update, p, z);
      put(s.reset, p, r * get(s.operand, p));
      s.keep(p, 0, z);
      s.keep(p, 1, r);
    } else {
      const Vec<T> candidate = tanh<T>(s.input(p, 2) + product[0]);
      const Vec<T> z = get(s.update, p);
      put(s.h, p, z * get(s.h_before, p) + (T(1) - z) * candidate);
      s.keep(p, 2, candidate);
    }
  }

  // Phase 1 first: its product gives the gradient of r * h that phase 0 needs.
  template <int kPhase, class T>
  static REMY_INLINE void backward(const BackwardStep<T>& s, Place p) {
    const Vec<T> dh = get(s.dh, p);
    if constexpr (kPhase == 1) {
      const Vec<T> z = s.slot(p, 0), candidate = s.slot(p, 2);
      s.emit(p, 0, dh * (get(s.h_before, p) - candidate) * z * (T(1) - z));
      s.emit(p, 2, dh * (T(1) - z) * (T(1) - candidate * candidate));
      put(s.dh, p, dh * z);
    } else {
      const Vec<T> r = s.slot(p, 1), operand = get(s.operand, p), d_reset = get(s.d_reset, p);
      s.emit(p, 1, d_reset * operand * r * (T(1) - r));
      put(s.reset, p, r * operand);
      const Vec<T> d_operand = d_reset * r;
      put(s.dh, p, dh + (s.dropout ? d_operand * get(s.dropout, p) : d_operand));
    }
  }
};

}  // namespace remy::REMY_ISA
