#include "remy/threads.h"

namespace remy {

int row_parts(std::int64_t multiply_adds, std::int64_t rows) {
  const std::int64_t parts = worthwhile_parts(multiply_adds);
  return static_cast<int>(rows < 1 ? 1 : (parts < rows ? parts : rows));
}

Range share(std::int64_t count, int parts, int part, std::int64_t grain) {
  if (parts == 1) return {0, count};
  const std::int64_t grains = (count + grain - 1) / grain;
  const std::int64_t first = grains * part / parts * grain;
  const std::int64_t last = grains * (part + 1) / parts * grain;
  return {first < count ? first : count, last < count ? last : count};
}

}  // namespace remy
