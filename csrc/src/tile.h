// The inner product kernel: a tile of R rows and N vectors of columns, held in registers over the whole depth.
//
// The right-hand side comes packed in panels of N vectors, [depth][N * lanes]. Registers, with 32 of 64 bytes: 6 x 4
// sums + 4 weights + 1 value = 29, or 8 x 3 + 3 + 1 = 28; with 16: 3 x 4 + 3 values + 1 weight = 16, or
// 4 x 3 + 3 + 1 = 16. Each sum runs over the depth in order, one fused multiply-add after another, whatever R is: a
// row's result does not depend on the rows beside it.
#pragma once

#include "simd.h"

namespace remy::REMY_ISA {

#if REMY_VECTOR_BYTES == 64
constexpr int kRegisters = 32;
#elif defined(__aarch64__)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif

template <int N>
constexpr int kTileRows = kRegisters == 32 ? (N == 3 ? 8 : 6) : (N == 3 ? 4 : 3);  // N is 3 or 4

// Left-hand side, passed by reference: by value it goes over the stack in one wide move right after narrow ones, and
// waits for all stores before it. Value (row, k) lies at data[row * row_stride + k * depth_stride].
template <class T>
struct Left {
  const T* data;
  int64_t row_stride;
  int64_t depth_stride;
};

// Where a tile's sums start: at zero (data none), at one row for all (stride 0), or at a matrix.
template <class T>
struct Start {
  const T* data = nullptr;
  int64_t stride = 0;
};

// Where they go: row r to data + r * stride.
template <class T>
struct Target {
  T* data;
  int64_t stride;
};

// out = start + left (R rows) times the panel.
template <class T, int R, int N>
REMY_INLINE void tile(const Left<T>& left, const T* panel, int64_t depth, Start<T> start, Target<T> out) {
  Vec<T> sum[R][N];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n)
      sum[r][n] = start.data != nullptr ? load(start.data + r * start.stride + n * kLanes<T>) : Vec<T>{};
  const T* value = left.data;
  for (int64_t k = 0; k < depth; ++k) {
    if constexpr (N <= R) {
      Vec<T> weight[N];
#pragma GCC unroll 8
      for (int n = 0; n < N; ++n) weight[n] = load(panel + n * kLanes<T>);
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        const Vec<T> x = broadcast(value[r * left.row_stride]);
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) sum[r][n] += x * weight[n];
      }
    } else {
      Vec<T> x[R];
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) x[r] = broadcast(value[r * left.row_stride]);
#pragma GCC unroll 8
      for (int n = 0; n < N; ++n) {
        const Vec<T> weight = load(panel + n * kLanes<T>);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) sum[r][n] += x[r] * weight;
      }
    }
    panel += N * kLanes<T>;
    value += left.depth_stride;
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) store(out.data + r * out.stride + n * kLanes<T>, sum[r][n]);
}

template <class T, int R, int N>
[[gnu::noinline]] void tile_of(const Left<T>& left, const T* panel, int64_t depth, Start<T> start, Target<T> out) {
  tile<T, R, N>(left, panel, depth, start, out);
}

// The tile for a number of rows known at run time, 1 .. kTileRows<N>.
template <class T, int N, int R = kTileRows<N>>
REMY_INLINE void tile_rows(int64_t rows, const Left<T>& left, const T* panel, int64_t depth, Start<T> start,
                           Target<T> out) {
  if constexpr (R == 1) {
    tile_of<T, 1, N>(left, panel, depth, start, out);
  } else {
    if (rows == R) {
      tile_of<T, R, N>(left, panel, depth, start, out);
    } else {
      tile_rows<T, N, R - 1>(rows, left, panel, depth, start, out);
    }
  }
}

}  // namespace remy::REMY_ISA
