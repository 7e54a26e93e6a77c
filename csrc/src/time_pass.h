// Runs a cell's pass over time with the rows of the batch shared out over threads.
#pragma once

#include <algorithm>
#include <cstdint>

#include "denormals.h"
#include "kernels.h"
#include "remy/threads.h"
#include "remy/workspace.h"

namespace remy {

// Rows never meet, so threads need not wait for each other between steps.
template <class T, class Plan>
void run_rows(void (*pass)(const Plan&, std::int64_t, std::int64_t, T*), const Plan& plan, std::int64_t gates,
              Buffer<T>& scratch) {
  const std::int64_t work = plan.steps * plan.batch * plan.units * plan.units * gates;
  const int parts =
      static_cast<int>(std::max<std::int64_t>(1, std::min<std::int64_t>(worthwhile_parts(work), plan.batch)));
  const std::int64_t size = scratch_size((plan.batch + parts - 1) / parts, plan.units);
  T* memory = scratch.resize(size * parts);
  parallel(parts, [&](int part) {
    const FlushDenormals flush;
    const Range rows = share(plan.batch, parts, part);
    pass(plan, rows.first, rows.last, memory + part * size);
  });
}

}  // namespace remy
