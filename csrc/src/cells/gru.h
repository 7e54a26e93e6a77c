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

  template <int, class T, class At>
  static REMY_INLINE void forward(const ForwardRow<T>& s, At at, const Vec<T>* product) {
    Vec<T> recurrent[3];
#pragma GCC unroll 3
    for (int g = 0; g < 3; ++g) {
      recurrent[g] = product[g];
      if (s.recurrent_bias != nullptr) recurrent[g] += get(s.recurrent_bias + g * s.units, at);
    }
    const Vec<T> z = sigmoid<T>(s.input(at, 0) + recurrent[0]);
    const Vec<T> r = sigmoid<T>(s.input(at, 1) + recurrent[1]);
    const Vec<T> candidate = tanh<T>(s.input(at, 2) + r * recurrent[2]);
    put<T>(s.h, at, z * get(s.h_before, at) + (T(1) - z) * candidate);
    s.keep(at, 0, z);
    s.keep(at, 1, r);
    s.keep(at, 2, candidate);
    s.keep(at, 3, recurrent[2]);
  }

  template <int, class T, class At>
  static REMY_INLINE void backward(const BackwardRow<T>& s, At at) {
    const Vec<T> z = s.slot(at, 0), r = s.slot(at, 1), candidate = s.slot(at, 2), q = s.slot(at, 3);
    const Vec<T> dh = get(s.dh, at);
    const Vec<T> d_candidate = dh * (T(1) - z) * (T(1) - candidate * candidate);
    s.emit(at, 0, d_candidate);
    s.emit(at, 1, dh * (get(s.h_before, at) - candidate) * z * (T(1) - z));
    s.emit(at, 2, d_candidate * q * r * (T(1) - r));
    s.emit(at, 3, d_candidate * r);
    put<T>(s.dh, at, dh * z);
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

  template <int kPhase, class T, class At>
  static REMY_INLINE void forward(const ForwardRow<T>& s, At at, const Vec<T>* product) {
    if constexpr (kPhase == 0) {
      const Vec<T> z = sigmoid<T>(s.input(at, 0) + product[0]);
      const Vec<T> r = sigmoid<T>(s.input(at, 1) + product[1]);
      put<T>(s.update, at, z);
      put<T>(s.reset, at, r * get(s.operand, at));
      s.keep(at, 0, z);
      s.keep(at, 1, r);
    } else {
      const Vec<T> candidate = tanh<T>(s.input(at, 2) + product[0]);
      const Vec<T> z = get(s.update, at);
      put<T>(s.h, at, z * get(s.h_before, at) + (T(1) - z) * candidate);
      s.keep(at, 2, candidate);
    }
  }

  // Phase 1 first: its product gives the gradient of r * h that phase 0 needs.
  template <int kPhase, class T, class At>
  static REMY_INLINE void backward(const BackwardRow<T>& s, At at) {
    const Vec<T> dh = get(s.dh, at);
    if constexpr (kPhase == 1) {
      const Vec<T> z = s.slot(at, 0), candidate = s.slot(at, 2);
      s.emit(at, 0, dh * (get(s.h_before, at) - candidate) * z * (T(1) - z));
      s.emit(at, 2, dh * (T(1) - z) * (T(1) - candidate * candidate));
      put<T>(s.dh, at, dh * z);
    } else {
      const Vec<T> r = s.slot(at, 1), operand = get(s.operand, at), d_reset = get(s.d_reset, at);
      s.emit(at, 1, d_reset * operand * r * (T(1) - r));
      put<T>(s.reset, at, r * operand);
      const Vec<T> d_operand = d_reset * r;
      put<T>(s.dh, at, dh + (s.dropout != nullptr ? d_operand * get(s.dropout, at) : d_operand));
    }
  }
};

}  // namespace remy::REMY_ISA
