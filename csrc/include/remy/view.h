// Arrays somebody else owns: pointers that know their shape or their strides.
//
// What stands here is always inlined: it is also compiled for instruction sets that the rest of the core must not use.
#pragma once

#include <array>
#include <cstdint>

#define REMY_INLINE inline __attribute__((always_inline))

namespace remy {

// Dense and row-major.
template <class T, int Rank>
struct View {
  T* data = nullptr;
  std::array<std::int64_t, Rank> shape{};

  REMY_INLINE explicit operator bool() const { return data != nullptr; }

  REMY_INLINE std::int64_t size() const {
    std::int64_t n = 1;
    for (int i = 0; i < Rank; ++i) n *= shape[i];
    return n;
  }
};

// What belongs to every step and row of a batch, features adjacent, in time-major or in batch-first order.
template <class T>
struct StepView {
  T* data = nullptr;
  std::int64_t step_stride = 0;
  std::int64_t row_stride = 0;

  REMY_INLINE explicit operator bool() const { return data != nullptr; }
  REMY_INLINE T* at(std::int64_t step, std::int64_t row) const { return data + step * step_stride + row * row_stride; }
};

// A matrix with any strides: transposes and column ranges are views too.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t row_stride = 0;
  std::int64_t col_stride = 1;

  REMY_INLINE MatrixView transposed() const { return {data, cols, rows, col_stride, row_stride}; }

  REMY_INLINE MatrixView columns(std::int64_t first, std::int64_t count) const {
    return {data + first * col_stride, rows, count, row_stride, col_stride};
  }

  REMY_INLINE MatrixView row_range(std::int64_t first, std::int64_t count) const {
    return {data + first * row_stride, count, cols, row_stride, col_stride};
  }
};

}  // namespace remy
