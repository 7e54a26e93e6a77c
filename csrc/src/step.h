// What a cell sees of one step: the rows of one part, addressed by row and run of units.
#pragma once

#include "simd.h"

namespace remy::REMY_ISA {

// Units unit .. unit + count - 1 of a row; count may exceed the lanes, then a whole vector is meant. `outer` is the
// row's place in the batch.
struct Place {
  int64_t row;
  int64_t outer;
  int64_t unit;
  int64_t count;
};

// Rows of a part, kept by the pass.
template <class T>
struct Rows {
  T* data = nullptr;
  int64_t stride = 0;

  REMY_INLINE explicit operator bool() const { return data != nullptr; }
  REMY_INLINE T* at(Place p) const { return data + p.row * stride + p.unit; }
};

// Rows of the whole batch, kept by the caller.
template <class T>
struct OuterRows {
  T* data = nullptr;
  int64_t stride = 0;

  REMY_INLINE explicit operator bool() const { return data != nullptr; }
  REMY_INLINE T* at(Place p) const { return data + p.outer * stride + p.unit; }
};

template <class T>
REMY_INLINE OuterRows<T> rows_of(StepView<T> view, int64_t t) {
  return {view ? view.at(t, 0) : nullptr, view.row_stride};
}

template <template <class> class Kind, class T>
REMY_INLINE auto get(Kind<T> rows, Place p) {
  return load(static_cast<const T*>(rows.at(p)), p.count);
}

template <template <class> class Kind, class T>
REMY_INLINE void put(Kind<T> rows, Place p, Vec<T> value) {
  store(rows.at(p), value, p.count);
}

template <class T>
struct ForwardStep {
  int64_t units;
  Rows<const T> projected;  // x W + b, gate by gate
  const T* recurrent_bias;  // (3 units) for the GRU with reset after, else none
  Rows<const T> h_before;
  Rows<const T> operand;  // h_before as the recurrent product sees it
  Rows<T> h;
  Rows<T> c;           // in: c_{t-1}; out: c_t
  OuterRows<T> gates;  // slot by slot, or none
  Rows<T> update;      // z between the two products of the GRU with reset before
  Rows<T> reset;       // r * operand, the left side of its second product

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
  OuterRows<const T> c_before;
  OuterRows<const T> h;
  OuterRows<const T> c;
  OuterRows<const T> gates;
  OuterRows<const T> dropout;  // factors of h in the recurrent product, or none
  Rows<T> dh;                  // in: the gradient that arrives at h_t; out: what reaches h_{t-1} around the product
  Rows<T> dc;
  OuterRows<T> d_cells;   // where the gradient that arrives at c_t is noted, or none
  Rows<T> d_gates;        // gradients of the pre-activations, block by block
  Rows<T> reset;          // r * operand
  Rows<const T> d_reset;  // its gradient

  REMY_INLINE Vec<T> slot(Place p, int index) const { return load(gates.at(p) + index * units, p.count); }

  REMY_INLINE void emit(Place p, int block, Vec<T> value) const {
    store(d_gates.at(p) + block * units, value, p.count);
  }
};

}  // namespace remy::REMY_ISA
