// The inputs of a run of steps, gathered from wherever they lie into rows that a product can read.
#pragma once

#include <algorithm>
#include <cstdint>

#include "remy/sequence.h"
#include "row_plan.h"

namespace remy {

// Whether x already lies row after row in the order in which one part of all rows reads it.
template <class T>
bool in_reading_order(const Sequence<T>& s) {
  const bool steps_adjacent = s.steps <= 1 || s.x.step_stride == s.batch * s.inputs;
  const bool rows_adjacent = s.batch <= 1 || s.x.row_stride == s.inputs;
  return steps_adjacent && rows_adjacent && !s.reverse && !s.masked();
}

// Row r of a step goes to row first + r * stride of `to`; a masked row becomes zero, for 0 times NaN would reach the
// weights.
template <class T>
void gather_inputs(const Sequence<T>& s, const PartRows& rows, std::int64_t t, T* to, std::int64_t first,
                   std::int64_t stride) {
  const std::int64_t active = rows.at(t);
  for (std::int64_t r = 0; r < active; ++r) {
    const std::int64_t row = rows.row(r);
    T* place = to + (first + r * stride) * s.inputs;
    if (s.mask && !*s.mask.at(t, row)) {
      std::fill(place, place + s.inputs, T(0));
    } else {
      std::copy_n(s.x.at(t, row), s.inputs, place);
    }
  }
}

}  // namespace remy
