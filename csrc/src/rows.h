// The rows of a batch that one thread takes through time: which of them are valid at a step, and scratch memory for
// them.
#pragma once

#include "simd.h"

namespace remy::REMY_ISA {

// Which of a thread's rows take part in a step.
struct Validity {
  const int64_t* lengths;
  const bool* mask;
  int64_t batch;
  int64_t first;
  int64_t rows;
  unsigned char* flags;

  bool any_masking() const { return lengths != nullptr || mask != nullptr; }

  void at(int64_t t) const {
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t b = first + r;
      flags[r] = (lengths == nullptr || t < lengths[b]) && (mask == nullptr || mask[t * batch + b]);
    }
  }

  REMY_INLINE bool operator[](int64_t row) const { return !any_masking() || flags[row] != 0; }

  bool any(int64_t row, int64_t count) const {
    for (int64_t r = row; r < row + count; ++r)
      if ((*this)[r]) return true;
    return false;
  }
};

// A thread's share of the scratch memory, cut into (rows, units) pieces.
template <class T>
struct Scratch {
  T* next;
  int64_t piece;

  T* take() {
    T* here = next;
    next += piece;
    return here;
  }
};

template <class T>
void copy_or_clear(const T* from, T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = from != nullptr ? from[i] : T(0);
}

template <class T>
void multiply_each(const T* a, const T* b, T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = a[i] * b[i];
}

}  // namespace remy::REMY_ISA
