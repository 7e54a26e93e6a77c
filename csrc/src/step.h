// What a cell sees of one step of one row: pointers to its units, and which of them are meant.
#pragma once

#include "simd.h"

namespace remy::REMY_ISA {

// A whole vector of units from `unit` on, or the last `count` of a row: fewer than a vector has.
struct Whole {
  int64_t unit;
};
struct Partial {
  int64_t unit;
  int64_t count;
};

template <class T>
REMY_INLINE Vec<T> get(const T* row, Whole at) {
  return load(row + at.unit);
}
template <class T>
REMY_INLINE Vec<T> get(const T* row, Partial at) {
  return load(row + at.unit, at.count);
}
template <class T>
REMY_INLINE void put(T* row, Whole at, Vec<T> value) {
  store(row + at.unit, value);
}
template <class T>
REMY_INLINE void put(T* row, Partial at, Vec<T> value) {
  store(row + at.unit, value, at.count);
}

// Rows that lie one after another.
template <class T>
struct Rows {
  T* data = nullptr;
  int64_t stride = 0;

  REMY_INLINE explicit operator bool() const { return data != nullptr; }
  REMY_INLINE T* at(int64_t row) const { return data != nullptr ? data + row * stride : nullptr; }
};

template <class T>
REMY_INLINE Rows<T> rows_of(StepView<T> view, int64_t t) {
  return {view ? view.at(t, 0) : nullptr, view.row_stride};
}

template <class T>
struct ForwardRow {
  int64_t units;
  const T* projected;       // x W + b, gate by gate
  const T* recurrent_bias;  // (3 units) for the GRU with reset after, else none
  const T* h_before;
  const T* operand;  // h_before as the recurrent product sees it
  T* h;
  T* c;       // in: c_{t-1}; out: c_t
  T* gates;   // slot by slot, or none
  T* update;  // z between the two products of the GRU with reset before
  T* reset;   // r * operand, the left side of its second product

  template <class At>
  REMY_INLINE Vec<T> input(At at, int gate) const {
    return get(projected + gate * units, at);
  }

  template <class At>
  REMY_INLINE void keep(At at, int slot, Vec<T> value) const {
    if (gates != nullptr) put(gates + slot * units, at, value);
  }
};

template <class T>
struct BackwardRow {
  int64_t units;
  const T* h_before;
  const T* operand;
  const T* c_before;
  const T* h;
  const T* c;
  const T* gates;
  const T* dropout;  // factors of h in the recurrent product, or none
  T* dh;             // in: the gradient that arrives at h_t; out: what reaches h_{t-1} around the product
  T* dc;
  T* d_cells;        // where the gradient that arrives at c_t is noted, or none
  T* d_gates;        // gradients of the pre-activations, block by block
  T* reset;          // r * operand
  const T* d_reset;  // its gradient

  template <class At>
  REMY_INLINE Vec<T> slot(At at, int index) const {
    return get(gates + index * units, at);
  }

  template <class At>
  REMY_INLINE void emit(At at, int block, Vec<T> value) const {
    put(d_gates + block * units, at, value);
  }
};

// Calls f for every run of a row's units: whole vectors, then what is left.
template <class T, class F>
REMY_INLINE void for_units(int64_t first, int64_t last, const F& f) {
  int64_t unit = first;
  for (; unit + kLanes<T> <= last; unit += kLanes<T>) f(Whole{unit});
  if (unit < last) f(Partial{unit, last - unit});
}

}  // namespace remy::REMY_ISA
