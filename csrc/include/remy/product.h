// Matrix products. Every element is summed in one fixed order, so results do not depend on the number of threads or on
// the other rows of the product.
#pragma once

#include <cstdint>

#include "remy/view.h"
#include "remy/workspace.h"

namespace remy {

template <class T>
struct Kernels;

// c = a b, plus the row `bias` (N) where it is given, or plus c itself with `accumulate`. c's columns are adjacent.
template <class T>
void product(MatrixView<const T> a, MatrixView<const T> b, MatrixView<T> c, const T* bias = nullptr,
             bool accumulate = false);

// The sum of an array that every thread reads its share of, `times` times: what the caches deliver.
float read(const float* x, std::int64_t count, std::int64_t times);

// The right-hand side of a product, packed once for the instruction set in use at its construction.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;
  explicit PackedMatrix(MatrixView<const T> b);

  // c = a b + bias; `bias` may be null. Allocates nothing.
  void apply(MatrixView<const T> a, MatrixView<T> c, const T* bias) const;

  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }

 private:
  const Kernels<T>* kernels_ = nullptr;
  std::int64_t rows_ = 0;
  std::int64_t cols_ = 0;
  Buffer<T> packed_;
};

}  // namespace remy
