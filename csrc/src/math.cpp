#include "remy/math.h"

#include "kernels.h"

namespace remy {

template <class T>
void exp(const T* x, T* y, std::int64_t count) {
  kernels<T>().exp(x, y, count);
}

template <class T>
void tanh(const T* x, T* y, std::int64_t count) {
  kernels<T>().tanh(x, y, count);
}

template <class T>
void sigmoid(const T* x, T* y, std::int64_t count) {
  kernels<T>().sigmoid(x, y, count);
}

template void exp<float>(const float*, float*, std::int64_t);
template void exp<double>(const double*, double*, std::int64_t);
template void tanh<float>(const float*, float*, std::int64_t);
template void tanh<double>(const double*, double*, std::int64_t);
template void sigmoid<float>(const float*, float*, std::int64_t);
template void sigmoid<double>(const double*, double*, std::int64_t);

}  // namespace remy
