// When a team shares the units of a layer, and how.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels.h"
#include "remy/sequence.h"
#include "remy/threads.h"

namespace remy {

// Fewer rows than this for each thread, and the threads share the units instead: every step reads the whole recurrent
// kernel, from a cache that feeds one processor.
constexpr std::int64_t kRowsOfItsOwn = 2;

// Values of the recurrent kernel below which meeting at every step costs more than it saves (128 KiB of floats, some
// 0.7 us of reading; a meeting takes 0.2), and multiply-adds of a sequence that is not worth waking anybody for.
constexpr std::int64_t kSharedKernel = std::int64_t(1) << 15, kSharedWork = std::int64_t(1) << 21;

template <class T>
int team_members(const Sequence<T>& s, std::int64_t grain) {
  const std::int64_t kernel = s.units * s.columns(), work = s.steps * s.batch * kernel;
  const std::int64_t threads = worthwhile_parts(work);
  if (s.batch < 1 || s.batch >= kRowsOfItsOwn * threads || kernel < kSharedKernel || work < kSharedWork) return 1;
  const std::int64_t members = std::clamp<std::int64_t>(s.units / grain, 1, threads);
  return static_cast<int>(members < std::min(s.batch, threads) ? 1 : members);  // else rows are work for more threads
}

inline UnitShare share_of_units(const Team& team, std::int64_t units, std::int64_t grain) {
  const Range mine = share(units, team.members, team.member, grain);
  const auto wait = [](const void* other) { static_cast<const Team*>(other)->wait(); };
  return {mine.first, mine.last, team.members > 1 ? &team : nullptr, wait};
}

}  // namespace remy
