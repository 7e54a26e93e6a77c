// The vector functions that the cells use, over arrays. Their error bounds stand in src/vector_math.h.
#pragma once

#include <cstdint>

namespace remy {

template <class T>
void exp(const T* x, T* y, std::int64_t count);
template <class T>
void tanh(const T* x, T* y, std::int64_t count);
template <class T>
void sigmoid(const T* x, T* y, std::int64_t count);

}  // namespace remy
