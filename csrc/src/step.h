// What a cell sees of one step: the rows of one thread, addressed by row and run of units.
#pragma once

#include "simd.h"

namespace remy::REMY_ISA {

// Units unit .. unit + count - 1 of a row; count may exceed the lanes, then a whole vector is meant.
struct Place {
  int64_t row;
  int64_t unit;
  int64_t count;
};

template <class T>
struct Rows {
  T* data = nullptr;
  int64_t stride = 0;

  explicit operator bool() const { return data != nullptr; }
  REMY_INLINE T* at(Place p) const { return data + p.row * stride + p.unit; }
};

template <class T>
REMY_INLINE Vec<T> get(Rows<const T> rows, Place p) {
  return load(rows.at(p), p.count);
}

template <class T>
REMY_INLINE Vec<T> get(Rows<T> rows, Place p) {
  return load<T>(rows.at(p), p.count);
}

template <class T>
REMY_INLINE void put(Rows<T> rows, Place p, Vec<T> value) {
  store(rows.at(p), value, p.count);
}

template <class T>
struct ForwardStep {
  int64_t units;
  Rows<const T> projected;  // x W + b, gate by gate
  const T* recurrent_bias;  // (3 units) for the GRU with reset after, else none
  Rows<const T> h_before;
  Rows<const T> operand;  // h_before as the recurrent product sees it
  Rows<const T> c_before;
  Rows<T> h;
  Rows<T> c;
  Rows<T> gates;   // slot by slot, or none
  Rows<T> update;  // z between the two products of the GRU with reset before
  Rows<T> reset;   // r * operand, the left side of its second product

  REMY_INLINE Vec<T> input(Place p, int gate) const { return load(projected.at(p) + gate * units, p.count); }

  REMY_INLINE void keep(Place p, int slot, Vec<T> value) const {
    if (gates) store(gates.at(p) + slot * units, value, p.count);
  }
};

template <class T>
struct BackwardStep {
  int64_t units;
  Rows<const T> h_before;
  Rows<const T> operand;
  Rows<const T> c_before;
  Rows<const T> h;
  Rows<const T> c;
  Rows<const T> gates;
  Rows<const T> dropout;  // factors of h in the recurrent product, or none
  Rows<T> dh;             // in: the gradient that arrives at h_t; out: what reaches h_{t-1} around the product
  Rows<T> dc;
  Rows<T> d_cells;        // where the gradient that arrives at c_t is noted, or none
  Rows<T> d_gates;        // gradients of the pre-activations, gate by gate
  Rows<T> reset;          // r * operand
  Rows<const T> d_reset;  // its gradient

  REMY_INLINE Vec<T> slot(Place p, int index) const { return load(gates.at(p) + index * units, p.count); }

  REMY_INLINE void emit(Place p, int gate, Vec<T> value) const { store(d_gates.at(p) + gate * units, value, p.count); }
};

}  // namespace remy::REMY_ISA
