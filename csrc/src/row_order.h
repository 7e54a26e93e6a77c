// Makes a RowPlan: rows sorted by length, and how many reach every step.
#pragma once

#include <algorithm>
#include <cstdint>

#include "remy/sequence.h"
#include "remy/workspace.h"
#include "row_plan.h"

namespace remy {

class RowOrder {
 public:
  // The plan lives as long as this object and until the next call.
  RowPlan plan(const std::int64_t* lengths, std::int64_t steps, std::int64_t batch) {
    if (lengths == nullptr) return {batch, nullptr, nullptr};
    std::int64_t* active = active_.resize(steps + 2);
    std::int64_t* order = order_.resize(batch + 1);
    std::fill(active, active + steps + 2, 0);
    for (std::int64_t b = 0; b < batch; ++b) ++active[lengths[b]];
    // From the number of rows of each length to the number of longer ones: the place of the first row of that length.
    std::int64_t longer = 0;
    for (std::int64_t length = steps; length >= 0; --length) {
      const std::int64_t count = active[length];
      active[length] = longer;
      longer += count;
    }
    for (std::int64_t b = 0; b < batch; ++b) order[active[lengths[b]]++] = b;
    // Each place has moved on by the rows of its length: what stood at the length above is now where it began.
    for (std::int64_t t = 0; t < steps; ++t) active[t] = active[t + 1];
    return {batch, order, active};
  }

 private:
  Buffer<std::int64_t> order_, active_;
};

}  // namespace remy
