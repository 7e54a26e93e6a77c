#include "check.h"
#include "remy/product.h"
#include "remy/threads.h"

namespace remy {
namespace {

using testing::random_values;

struct Case {
  std::int64_t rows, depth, cols;
};

constexpr Case kCases[] = {{1, 1, 1},     {3, 5, 7}, {6, 64, 65}, {13, 300, 130},
                           {64, 700, 17}, {2, 0, 5}, {0, 4, 4},   {5, 3, 0}};

template <class T>
std::vector<T> cast(const std::vector<double>& values) {
  return std::vector<T>(values.begin(), values.end());
}

template <class T>
void check_products(double tolerance) {
  for (const Case& size : kCases) {
    const auto a = cast<T>(random_values(size.rows * size.depth, 1));
    const auto b = cast<T>(random_values(size.depth * size.cols, 2));
    const auto bias = cast<T>(random_values(size.cols + 1, 3));
    std::vector<T> transposed(a.size());  // the same matrix stored by columns
    for (std::int64_t i = 0; i < size.rows; ++i)
      for (std::int64_t k = 0; k < size.depth; ++k) transposed[k * size.rows + i] = a[i * size.depth + k];
    const MatrixView<const T> left{a.data(), size.rows, size.depth, size.depth, 1};
    const MatrixView<const T> right{b.data(), size.depth, size.cols, size.cols, 1};
    const MatrixView<const T> by_columns{transposed.data(), size.rows, size.depth, 1, size.rows};
    std::vector<T> c(size.rows * size.cols + 1, T(7)), from_columns = c, packed = c, added = c;
    const auto view = [&](std::vector<T>& m) { return MatrixView<T>{m.data(), size.rows, size.cols, size.cols, 1}; };
    product<T>(left, right, view(c), bias.data());
    product<T>(by_columns, right, view(from_columns), bias.data());
    PackedMatrix<T>(right).apply(left, view(packed), bias.data());
    product<T>(left, right, view(added), nullptr, true);
    for (std::int64_t i = 0; i < size.rows; ++i) {
      for (std::int64_t j = 0; j < size.cols; ++j) {
        double sum = 0;
        for (std::int64_t k = 0; k < size.depth; ++k)
          sum += static_cast<double>(a[i * size.depth + k]) * b[k * size.cols + j];
        const std::int64_t at = i * size.cols + j;
        CHECK_CLOSE(c[at], sum + bias[j], tolerance);
        CHECK_CLOSE(added[at], sum + 7, tolerance);
        CHECK(from_columns[at] == c[at]);
        CHECK(packed[at] == c[at]);
      }
    }
    CHECK(c.back() == T(7));  // nothing is written past the end
  }
}

TEST("a product equals the sum of products, from any layout, packed or not") {
  check_products<double>(1e-12);
  check_products<float>(1e-4);
}

TEST("a product does not depend on the number of threads") {
  const auto a = cast<float>(random_values(97 * 150, 4)), b = cast<float>(random_values(150 * 130, 5));
  std::vector<float> once(97 * 130), again(97 * 130);
  const int before = num_threads();
  for (int threads : {1, 2, 3}) {
    set_num_threads(threads);
    auto& to = threads == 1 ? once : again;
    product<float>({a.data(), 97, 150, 150, 1}, {b.data(), 150, 130, 130, 1}, {to.data(), 97, 130, 130, 1});
    if (threads > 1) CHECK(once == again);
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace remy
