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

  template <int, class T>
  static REMY_INLINE void forward(const ForwardStep<T>& s, Place p, const Vec<T>* product) {
    const Vec<T> i = sigmoid<T>(s.input(p, 0) + product[0]);
    const Vec<T> f = sigmoid<T>(s.input(p, 1) + product[1]);
    const Vec<T> g = tanh<T>(s.input(p, 2) + product[2]);
    const Vec<T> o = sigmoid<T>(s.input(p, 3) + product[3]);
    const Vec<T> c = f * get(s.c, p) + i * g;
    put(s.c, p, c);
    put(s.h, p, o * tanh<T>(c));
    s.keep(p, 0, i);
    s.keep(p, 1, f);
    s.keep(p, 2, g);
    s.keep(p, 3, o);
  }

  template <int, class T>
  static REMY_INLINE void backward(const BackwardStep<T>& s, Place p) {
    const Vec<T> i = s.slot(p, 0), f = s.slot(p, 1), g = s.slot(p, 2), o = s.slot(p, 3);
    const Vec<T> squashed = tanh<T>(get(s.c, p));
    const Vec<T> dh = get(s.dh, p);
    const Vec<T> dc = get(s.dc, p) + dh * o * (T(1) - squashed * squashed);
    if (s.d_cells) put(s.d_cells, p, dc);
    s.emit(p, 0, dc * g * i * (T(1) - i));
    s.emit(p, 1, dc * get(s.c_before, p) * f * (T(1) - f));
    s.emit(p, 2, dc * i * (T(1) - g * g));
    s.emit(p, 3, dh * squashed * o * (T(1) - o));
    put(s.dc, p, dc * f);
    put(s.dh, p, Vec<T>{});
  }
};

}  // namespace remy::REMY_ISA
