// i, f, o = sigmoid(x W + h_{t-1} U + b), g = tanh(the same), c_t = f c_{t-1} + i g, h_t = o tanh(c_t)
// (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).
#pragma once

#include "../step.h"
#include "../vector_math.h"
#include "remy/cell.h"

namespace remy::REMY_ISA {

struct Lstm {
  static constexpr Cell kCell = Cell::lstm;
  static constexpr int kPhases = 1;
  static constexpr bool kHasCellState = true;
  template <int>
  static constexpr int kFirstGate = 0;
  template <int>
  static constexpr int kGates = 4;
  template <int>
  static constexpr int kFirstBlock = 0;

  template <int, class T, class At>
  static REMY_INLINE void forward(const ForwardRow<T>& s, At at, const Vec<T>* product) {
    const Vec<T> i = sigmoid<T>(s.input(at, 0) + product[0]);
    const Vec<T> f = sigmoid<T>(s.input(at, 1) + product[1]);
    const Vec<T> g = tanh<T>(s.input(at, 2) + product[2]);
    const Vec<T> o = sigmoid<T>(s.input(at, 3) + product[3]);
    const Vec<T> c = f * get(s.c, at) + i * g;
    put<T>(s.c, at, c);
    put<T>(s.h, at, o * tanh<T>(c));
    s.keep(at, 0, i);
    s.keep(at, 1, f);
    s.keep(at, 2, g);
    s.keep(at, 3, o);
  }

  template <int, class T, class At>
  static REMY_INLINE void backward(const BackwardRow<T>& s, At at) {
    const Vec<T> i = s.slot(at, 0), f = s.slot(at, 1), g = s.slot(at, 2), o = s.slot(at, 3);
    const Vec<T> squashed = tanh<T>(get(s.c, at));
    const Vec<T> dh = get(s.dh, at);
    const Vec<T> dc = get(s.dc, at) + dh * o * (T(1) - squashed * squashed);
    if (s.d_cells != nullptr) put<T>(s.d_cells, at, dc);
    s.emit(at, 0, dc * g * i * (T(1) - i));
    s.emit(at, 1, dc * get(s.c_before, at) * f * (T(1) - f));
    s.emit(at, 2, dc * i * (T(1) - g * g));
    s.emit(at, 3, dh * squashed * o * (T(1) - o));
    put<T>(s.dc, at, dc * f);
    put<T>(s.dh, at, Vec<T>{});
  }
};

}  // namespace remy::REMY_ISA
