// exp, tanh and the logistic function of a vector.
//
// Bounds, tested over the whole range against the next wider type (csrc/tests/test_math.cpp):
//   relative error at most 4 units in the last place wherever the result is a normal number; NaN gives NaN;
//   tanh(+-inf) = +-1, exp(inf) = inf, exp(-inf) = 0, sigmoid(inf) = 1, sigmoid(-inf) = 0;
//   sigmoid is zero once its value would fall below the smallest normal number; tanh is odd to the last bit.
//
// With n = round(x / ln 2) and r = x - n ln 2, |r| <= ln 2 / 2, the series of exp(r) is cut where the first term left
// out is below a tenth of the last place: r^8/8! = 5e-9 (float), r^14/14! = 4e-18 (double).
#pragma once

#include "simd.h"

namespace remy::REMY_ISA {

template <class T>
struct ExpConstants;

template <>
struct ExpConstants<float> {
  static constexpr float inverse_ln2 = 1.44269504088896341f;
  static constexpr float ln2_high = 0.693359375f;  // 9 bits: n * ln2_high is exact
  static constexpr float ln2_low = -2.12194440054690583e-4f;
  static constexpr float rounding = 12582912.0f;  // 1.5 * 2^23: adding it leaves round(x) in the low bits
  static constexpr int bias = 127;
  static constexpr int fraction_bits = 23;
  static constexpr float largest = 104.0f;   // exp overflows and underflows inside +-largest
  static constexpr float tame = 87.0f;       // inside +-tame, 2^n is a normal number
  static constexpr float saturated = 40.0f;  // expm1 beyond which tanh rounds to 1
  static constexpr int terms = 7;
};

template <>
struct ExpConstants<double> {
  static constexpr double inverse_ln2 = 1.44269504088896340736;
  static constexpr double ln2_high = 6.93145751953125e-1;
  static constexpr double ln2_low = 1.42860682030941723212e-6;
  static constexpr double rounding = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr int bias = 1023;
  static constexpr int fraction_bits = 52;
  static constexpr double largest = 746.0;
  static constexpr double tame = 708.0;
  static constexpr double saturated = 60.0;
  static constexpr int terms = 13;
};

template <class T>
constexpr T inverse_factorial(int n) {
  double product = 1;
  for (int i = 2; i <= n; ++i) product *= i;
  return static_cast<T>(1.0 / product);
}

template <class T>
struct Reduced {
  Vec<T> remainder;    // r
  Vec<T> expm1;        // exp(r) - 1
  VecInt<T> exponent;  // n
};

template <class T>
REMY_INLINE Vec<T> clamp(Vec<T> x, T low, T high) {
  x = x > high ? broadcast(high) : x;  // comparisons with NaN are false: NaN stays
  return x < low ? broadcast(low) : x;
}

template <class T>
REMY_INLINE Reduced<T> reduce(Vec<T> x) {
  using C = ExpConstants<T>;
  const Vec<T> shifted = x * C::inverse_ln2 + C::rounding;
  const Vec<T> n = shifted - C::rounding;
  const VecInt<T> exponent = bits_as<VecInt<T>>(shifted) - bits_as<VecInt<T>>(broadcast(C::rounding));
  Vec<T> r = x - n * C::ln2_high;
  r = r - n * C::ln2_low;
  Vec<T> series = broadcast(inverse_factorial<T>(C::terms));
#pragma GCC unroll 16
  for (int k = C::terms - 1; k >= 2; --k) series = series * r + inverse_factorial<T>(k);
  return {r, r * r * series + r, exponent};
}

template <class T>
REMY_INLINE Vec<T> power_of_two(VecInt<T> exponent) {
  using C = ExpConstants<T>;
  return bits_as<Vec<T>>((exponent + C::bias) << C::fraction_bits);
}

template <class T>
REMY_INLINE Vec<T> exp(Vec<T> x) {
  using C = ExpConstants<T>;
  const Reduced<T> part = reduce<T>(clamp<T>(x, -C::largest, C::largest));
  const VecInt<T> half = part.exponent >> 1;  // 2^n itself may be out of range where exp(x) is not
  return (part.expm1 + T(1)) * power_of_two<T>(half) * power_of_two<T>(part.exponent - half);
}

// For |x| at most `tame`.
template <class T>
REMY_INLINE Vec<T> expm1_tame(Vec<T> x) {
  const Reduced<T> part = reduce<T>(x);
  const Vec<T> scale = power_of_two<T>(part.exponent);
  return scale * part.expm1 + (scale - T(1));
}

template <class T>
REMY_INLINE Vec<T> sigmoid(Vec<T> x) {
  using C = ExpConstants<T>;
  const Reduced<T> part = reduce<T>(clamp<T>(-x, -C::tame, C::tame));
  const Vec<T> scale = power_of_two<T>(part.exponent);
  const Vec<T> value = T(1) / (scale * part.expm1 + (scale + T(1)));
  return x < -C::tame ? Vec<T>{} : value;
}

template <class T>
REMY_INLINE Vec<T> tanh(Vec<T> x) {
  using C = ExpConstants<T>;
  const VecInt<T> sign = bits_as<VecInt<T>>(x) & bits_as<VecInt<T>>(broadcast(T(-0.0)));
  const Vec<T> size = bits_as<Vec<T>>(bits_as<VecInt<T>>(x) ^ sign);
  const Vec<T> grown = expm1_tame<T>(clamp<T>(size + size, T(0), C::saturated));
  const Vec<T> value = grown / (grown + T(2));
  return bits_as<Vec<T>>(bits_as<VecInt<T>>(value) | sign);
}

}  // namespace remy::REMY_ISA
