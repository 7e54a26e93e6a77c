#include <algorithm>

#include "check.h"
#include "row_order.h"

namespace remy {
namespace {

TEST("rows come longest first, each once, and every step knows how many reach it") {
  const std::int64_t steps = 9;
  const std::vector<std::int64_t> draws[] = {{},     {0},          {9},          {3, 9, 0, 3, 1, 9, 0, 8},
                                             {0, 0}, {9, 9, 9, 9}, {1, 2, 3, 4}, {4, 3, 2, 1}};
  RowOrder order;
  for (const auto& lengths : draws) {
    const auto batch = static_cast<std::int64_t>(lengths.size());
    const std::int64_t nothing = 0;
    const RowPlan plan = order.plan(batch > 0 ? lengths.data() : &nothing, steps, batch);
    std::vector<int> seen(lengths.size(), 0);
    for (std::int64_t place = 0; place < batch; ++place) {
      const auto row = static_cast<std::size_t>(plan.row(place));
      ++seen[row];
      if (place == 0) continue;
      const auto before = static_cast<std::size_t>(plan.row(place - 1));
      CHECK(lengths[before] > lengths[row] || (lengths[before] == lengths[row] && before < row));
    }
    for (int count : seen) CHECK(count == 1);
    for (std::int64_t t = 0; t < steps; ++t)
      CHECK(plan.at(t) == std::count_if(lengths.begin(), lengths.end(), [t](std::int64_t l) { return l > t; }));
  }
  const RowPlan whole = order.plan(nullptr, steps, 5);
  CHECK(whole.at(0) == 5 && whole.at(8) == 5 && whole.row(3) == 3);
}

TEST("parts share the rows of every step out among themselves") {
  const std::vector<std::int64_t> lengths = {4, 7, 0, 7, 2, 5, 1};
  RowOrder order;
  const RowPlan plan = order.plan(lengths.data(), 7, 7);
  for (std::int64_t parts : {1, 2, 3, 7}) {
    for (std::int64_t t = 0; t < 7; ++t) {
      std::vector<int> seen(7, 0);
      for (std::int64_t part = 0; part < parts; ++part) {
        const PartRows rows{plan, part, parts};
        CHECK(rows.at(t) <= rows.count());
        for (std::int64_t r = 0; r < rows.at(t); ++r) ++seen[static_cast<std::size_t>(rows.row(r))];
      }
      for (std::size_t row = 0; row < 7; ++row) CHECK(seen[row] == (lengths[row] > t ? 1 : 0));
    }
  }
}

}  // namespace
}  // namespace remy
