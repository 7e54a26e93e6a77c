// The order in which the rows of a batch are taken, and which of them are in reach of a step.
//
// Rows come longest first, so that those whose length exceeds t are always the first active[t]; the rest cost nothing.
// Every part of the work takes every parts-th of them: rows of all lengths for everybody.
#pragma once

#include <cstdint>

#include "remy/view.h"

namespace remy {

struct RowPlan {
  std::int64_t batch;
  const std::int64_t* order;   // (B): rows of the batch, longest first; null where they come as they are
  const std::int64_t* active;  // (T): number of rows whose length exceeds t; null where that is all

  REMY_INLINE std::int64_t at(std::int64_t t) const { return active != nullptr ? active[t] : batch; }
  REMY_INLINE std::int64_t row(std::int64_t place) const { return order != nullptr ? order[place] : place; }
};

// The rows of one part: places part, part + parts, ... of the plan.
struct PartRows {
  RowPlan all;
  std::int64_t part;
  std::int64_t parts;

  REMY_INLINE std::int64_t share_of(std::int64_t rows) const {
    if (parts == 1) return rows;  // a division takes as long as a small step
    return rows > part ? (rows - part + parts - 1) / parts : 0;
  }
  REMY_INLINE std::int64_t count() const { return share_of(all.batch); }
  REMY_INLINE std::int64_t at(std::int64_t t) const { return share_of(all.at(t)); }
  REMY_INLINE std::int64_t row(std::int64_t r) const { return all.row(part + r * parts); }
};

}  // namespace remy
