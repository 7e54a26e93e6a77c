// Which rows of a part take part in a step, and rows copied from and to where others keep them.
#pragma once

#include "row_plan.h"
#include "simd.h"

namespace remy::REMY_ISA {

// Rows in reach of a step by their length may still be masked there.
struct Validity {
  const PartRows& rows;
  StepView<const bool> mask;
  unsigned char* flags;

  void at(int64_t t, int64_t active) const {
    if (!mask) return;
    for (int64_t r = 0; r < active; ++r) flags[r] = *mask.at(t, rows.row(r)) ? 1 : 0;
  }

  REMY_INLINE bool operator[](int64_t row) const { return !mask || flags[row] != 0; }

  bool any(int64_t row, int64_t count) const {
    for (int64_t r = row; r < row + count; ++r)
      if ((*this)[r]) return true;
    return false;
  }
};

template <class T>
REMY_INLINE void copy_row(const T* from, T* to, int64_t count) {
  int64_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) store(to + i, load(from + i));
  for (; i < count; ++i) to[i] = from[i];
}

template <class T>
REMY_INLINE void clear_row(T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = T(0);
}

template <class T>
REMY_INLINE void copy_or_clear(const T* from, T* to, int64_t count) {
  from != nullptr ? copy_row(from, to, count) : clear_row(to, count);
}

template <class T>
REMY_INLINE void add_row(const T* from, T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

template <class T>
REMY_INLINE void multiply_row(const T* a, const T* b, T* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = a[i] * b[i];
}

}  // namespace remy::REMY_ISA
