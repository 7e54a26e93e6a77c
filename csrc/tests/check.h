// The little that the C++ tests need: named tests, checks that say what was compared, and random arrays.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "remy/isa.h"

namespace remy::testing {

struct Test {
  std::string name;
  std::function<void()> body;
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

inline int& failures() {
  static int count = 0;
  return count;
}

struct Register {
  Register(const char* name, std::function<void()> body) { tests().push_back({name, std::move(body)}); }
};

inline void fail(const char* file, int line, const std::string& message) {
  std::cerr << file << ":" << line << ": [" << isa() << "] " << message << "\n";
  ++failures();
}

// |got - wanted| <= tolerance * max(1, |wanted|); NaN only equals NaN.
inline bool close(double got, double wanted, double tolerance) {
  if (std::isnan(wanted) || std::isnan(got)) return std::isnan(wanted) && std::isnan(got);
  if (std::isinf(wanted) || std::isinf(got)) return wanted == got;
  return std::fabs(got - wanted) <= tolerance * std::fmax(1.0, std::fabs(wanted));
}

inline std::vector<double> random_values(std::size_t count, unsigned seed, double scale = 1.0) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0.0, scale);
  std::vector<double> values(count);
  for (auto& value : values) value = normal(generator);
  return values;
}

}  // namespace remy::testing

#define REMY_JOIN_(a, b) a##b
#define REMY_JOIN(a, b) REMY_JOIN_(a, b)

#define TEST(name)                                                                                       \
  static void REMY_JOIN(test_, __LINE__)();                                                              \
  static const remy::testing::Register REMY_JOIN(register_, __LINE__)(name, REMY_JOIN(test_, __LINE__)); \
  static void REMY_JOIN(test_, __LINE__)()

#define CHECK(condition)                                                                \
  do {                                                                                  \
    if (!(condition)) remy::testing::fail(__FILE__, __LINE__, "not true: " #condition); \
  } while (false)

#define CHECK_CLOSE(got, wanted, tolerance)                                                              \
  do {                                                                                                   \
    const double got_ = (got), wanted_ = (wanted);                                                       \
    if (!remy::testing::close(got_, wanted_, tolerance))                                                 \
      remy::testing::fail(__FILE__, __LINE__,                                                            \
                          #got " is " + std::to_string(got_) + ", expected " + std::to_string(wanted_)); \
  } while (false)
