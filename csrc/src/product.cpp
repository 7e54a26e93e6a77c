#include "remy/product.h"

#include <numeric>
#include <vector>

#include "denormals.h"
#include "kernels.h"
#include "remy/threads.h"

namespace remy {
namespace {

template <class T>
T* thread_scratch(std::int64_t size) {
  thread_local Buffer<T> buffer;
  return buffer.resize(size);
}

// Whole panels go to different threads where there are enough of them to share out evenly; else rows do.
template <class T>
void multiply(const Kernels<T>& kernels, MatrixView<const T> a, MatrixView<const T> b, const T* packed, MatrixView<T> c,
              const T* bias, bool accumulate) {
  const std::int64_t panels = (c.cols + kernels.product_width - 1) / kernels.product_width;
  const int parts = worthwhile_parts(a.rows * a.cols * c.cols);
  const bool by_panel = panels % parts == 0 || panels >= 8 * parts;
  parallel(parts, [&](int part) {
    const FlushDenormals flush;
    T* scratch = packed != nullptr ? nullptr : thread_scratch<T>(kernels.product_scratch_size);
    if (by_panel) {
      const Range columns = share(c.cols, parts, part, kernels.product_width);
      const std::int64_t count = columns.last - columns.first;
      kernels.multiply(a, b.columns(columns.first, count),
                       packed != nullptr ? packed + columns.first * a.cols : nullptr, c.columns(columns.first, count),
                       bias != nullptr ? bias + columns.first : nullptr, accumulate, scratch);
    } else {
      const Range rows = share(c.rows, parts, part);
      const std::int64_t count = rows.last - rows.first;
      kernels.multiply(a.row_range(rows.first, count), b, packed, c.row_range(rows.first, count), bias, accumulate,
                       scratch);
    }
  });
}

}  // namespace

template <class T>
void product(MatrixView<const T> a, MatrixView<const T> b, MatrixView<T> c, const T* bias, bool accumulate) {
  multiply<T>(kernels<T>(), a, b, nullptr, c, bias, accumulate);
}

float read(const float* x, std::int64_t count, std::int64_t times) {
  const int parts = worthwhile_parts(count * times);
  std::vector<float> sums(static_cast<std::size_t>(parts));
  parallel(parts, [&](int part) {
    const Range range = share(count, parts, part, kCacheLine);
    float sum = 0;
    for (std::int64_t i = 0; i < times; ++i) sum += kernels<float>().sum(x + range.first, range.last - range.first);
    sums[static_cast<std::size_t>(part)] = sum;
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0f);
}

template <class T>
PackedMatrix<T>::PackedMatrix(MatrixView<const T> b)
    : kernels_(&kernels<T>()), rows_(b.rows), cols_(b.cols), packed_(kernels_->packed_matrix_size(b.rows, b.cols)) {
  kernels_->pack_matrix(b, b.rows, 0, packed_.data());
}

template <class T>
void PackedMatrix<T>::apply(MatrixView<const T> a, MatrixView<T> c, const T* bias) const {
  multiply<T>(*kernels_, a, {nullptr, rows_, cols_, 0, 1}, packed_.data(), c, bias, false);
}

template void product<float>(MatrixView<const float>, MatrixView<const float>, MatrixView<float>, const float*, bool);
template void product<double>(MatrixView<const double>, MatrixView<const double>, MatrixView<double>, const double*,
                              bool);
template class PackedMatrix<float>;
template class PackedMatrix<double>;

}  // namespace remy
