// Vectors of the instruction set this file is compiled for, by the compiler's own vector extensions.
//
// Everything here lives in a namespace of the instruction set and calls nothing from the standard library, so that no
// function compiled for a newer processor can be linked in place of a portable one.
#pragma once

#include <cstdint>

#include "remy/view.h"

#if !defined(REMY_ISA) || !defined(REMY_VECTOR_BYTES)
#error "compile with REMY_ISA (a namespace) and REMY_VECTOR_BYTES"
#endif

// Between the parameters and the body of a lambda.
#define REMY_INLINE_LAMBDA __attribute__((always_inline))

namespace remy::REMY_ISA {

using std::int32_t;
using std::int64_t;

template <class T>
struct VectorOf {
  typedef T type __attribute__((vector_size(REMY_VECTOR_BYTES)));
};
template <class T>
using Vec = typename VectorOf<T>::type;

template <class T>
struct IntegerOf;
template <>
struct IntegerOf<float> {
  using type = int32_t;
};
template <>
struct IntegerOf<double> {
  using type = int64_t;
};
template <class T>
using VecInt = Vec<typename IntegerOf<T>::type>;

template <class T>
constexpr int kLanes = REMY_VECTOR_BYTES / static_cast<int>(sizeof(T));

template <class T>
REMY_INLINE Vec<T> broadcast(T value) {
  return value - Vec<T>{};  // x - 0 is x for every x, -0 and NaN too
}

template <class T>
REMY_INLINE Vec<T> load(const T* from) {
  Vec<T> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class T>
REMY_INLINE void store(T* to, Vec<T> v) {
  __builtin_memcpy(to, &v, sizeof v);
}

// The first `count` lanes; the rest are zero.
template <class T>
REMY_INLINE Vec<T> load(const T* from, int64_t count) {
  if (count >= kLanes<T>) return load(from);
  Vec<T> v{};
  for (int64_t i = 0; i < count; ++i) v[i] = from[i];
  return v;
}

template <class T>
REMY_INLINE void store(T* to, Vec<T> v, int64_t count) {
  if (count >= kLanes<T>) {
    store(to, v);
    return;
  }
  for (int64_t i = 0; i < count; ++i) to[i] = v[i];
}

template <class To, class From>
REMY_INLINE To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}

REMY_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace remy::REMY_ISA
