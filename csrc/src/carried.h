// What a part carries from step to step, (rows, units), taken from the batch's (B, units) and brought back there.
#pragma once

#include <algorithm>
#include <cstdint>

#include "row_plan.h"

namespace remy {

// `initial` may be null, for zeros.
template <class T>
void start_from(const T* initial, const PartRows& rows, std::int64_t units, T* to) {
  for (std::int64_t r = 0; r < rows.count(); ++r, to += units) {
    if (initial != nullptr) {
      std::copy_n(initial + rows.row(r) * units, units, to);
    } else {
      std::fill(to, to + units, T(0));
    }
  }
}

// `to` may be null.
template <class T>
void end_at(const T* last, const PartRows& rows, std::int64_t units, T* to) {
  if (to == nullptr) return;
  for (std::int64_t r = 0; r < rows.count(); ++r) std::copy_n(last + r * units, units, to + rows.row(r) * units);
}

}  // namespace remy
