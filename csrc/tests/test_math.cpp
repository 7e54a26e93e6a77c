#include <limits>

#include "check.h"
#include "remy/math.h"

namespace remy {
namespace {

// Distance in units of the last place of T at `wanted`.
template <class T>
double places(T got, long double wanted) {
  if (got == static_cast<T>(wanted)) return 0;
  const T rounded = std::fabs(static_cast<T>(wanted));
  const long double unit = std::nextafter(rounded, std::numeric_limits<T>::infinity()) - rounded;
  return static_cast<double>(std::fabs(got - wanted) / unit);
}

long double logistic(long double x) { return 1 / (1 + std::exp(-x)); }

template <class T>
void check_range(T limit) {
  std::vector<T> x;
  for (int i = 0; i <= 20000; ++i) x.push_back(limit * (static_cast<T>(i) / 10000 - 1));
  for (T tiny = 1; tiny > std::numeric_limits<T>::min() * 4; tiny /= 3) {
    x.push_back(tiny);
    x.push_back(-tiny);
  }
  const auto count = static_cast<std::int64_t>(x.size());
  std::vector<T> e(x.size()), t(x.size()), s(x.size());
  exp(x.data(), e.data(), count);
  tanh(x.data(), t.data(), count);
  sigmoid(x.data(), s.data(), count);
  // `error <= 4` is false for NaN too.
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double wide = x[i];
    const long double smallest = std::numeric_limits<T>::min();
    if (std::exp(wide) >= smallest && std::exp(wide) <= std::numeric_limits<T>::max())
      CHECK(places<T>(e[i], std::exp(wide)) <= 4.0);
    CHECK(places<T>(t[i], std::tanh(wide)) <= 4.0);
    if (logistic(wide) >= 2 * smallest) CHECK(places<T>(s[i], logistic(wide)) <= 4.0);
  }
}

TEST("exp, tanh and sigmoid are right to four units in the last place") {
  check_range<float>(90.0F);
  check_range<float>(3.0F);
  check_range<double>(710.0);
  check_range<double>(3.0);
}

template <class T>
void check_limits() {
  const T infinity = std::numeric_limits<T>::infinity();
  const std::vector<T> x = {infinity, -infinity, std::numeric_limits<T>::quiet_NaN(), T(0), -T(0)};
  std::vector<T> e(5), t(5), s(5);
  exp(x.data(), e.data(), 5);
  tanh(x.data(), t.data(), 5);
  sigmoid(x.data(), s.data(), 5);
  CHECK(e[0] == infinity && e[1] == 0 && std::isnan(e[2]) && e[3] == 1);
  CHECK(t[0] == 1 && t[1] == -1 && std::isnan(t[2]) && t[3] == 0 && std::signbit(t[4]));
  CHECK(s[0] == 1 && s[1] == 0 && std::isnan(s[2]) && s[3] == T(0.5));
}

TEST("exp, tanh and sigmoid take infinities to their limits and NaN to NaN") {
  check_limits<float>();
  check_limits<double>();
}

}  // namespace
}  // namespace remy
