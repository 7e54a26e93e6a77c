// A dense, row-major array somebody else owns: a pointer that knows its shape.
#pragma once

#include <array>
#include <cstdint>

namespace remy {

template <class T, int Rank>
struct View {
  T* data = nullptr;
  std::array<std::int64_t, Rank> shape{};

  explicit operator bool() const { return data != nullptr; }

  std::int64_t size() const {
    std::int64_t n = 1;
    for (auto extent : shape) n *= extent;
    return n;
  }
};

// A matrix with any strides: transposes and column ranges are views too.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t row_stride = 0;
  std::int64_t col_stride = 1;

  MatrixView transposed() const { return {data, cols, rows, col_stride, row_stride}; }

  MatrixView columns(std::int64_t first, std::int64_t count) const {
    return {data + first * col_stride, rows, count, row_stride, col_stride};
  }

  MatrixView row_range(std::int64_t first, std::int64_t count) const {
    return {data + first * row_stride, count, cols, row_stride, col_stride};
  }
};

}  // namespace remy
