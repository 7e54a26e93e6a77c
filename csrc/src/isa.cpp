#include "remy/isa.h"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "kernels.h"

#define REMY_DECLARE(name)                            \
  namespace remy::name {                              \
  extern const Kernels<float>* const float_kernels;   \
  extern const Kernels<double>* const double_kernels; \
  }

REMY_DECLARE(portable)
#ifdef REMY_HAS_X86
REMY_DECLARE(avx2)
REMY_DECLARE(avx512)
#endif
#ifdef REMY_HAS_NEON
REMY_DECLARE(neon)
#endif

namespace remy {
namespace {

struct InstructionSet {
  const char* name;
  const Kernels<float>* single;
  const Kernels<double>* twofold;
};

std::vector<InstructionSet> usable() {
  std::vector<InstructionSet> sets = {{"portable", portable::float_kernels, portable::double_kernels}};
#ifdef REMY_HAS_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    sets.push_back({"avx2", avx2::float_kernels, avx2::double_kernels});
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    sets.push_back({"avx512", avx512::float_kernels, avx512::double_kernels});
#endif
#ifdef REMY_HAS_NEON
  sets.push_back({"neon", neon::float_kernels, neon::double_kernels});
#endif
  return sets;
}

const std::vector<InstructionSet>& sets() {
  static const std::vector<InstructionSet> all = usable();
  return all;
}

const InstructionSet& named(const std::string& name) {
  std::string known;
  for (const auto& set : sets()) {
    if (name == set.name) return set;
    known += (known.empty() ? "" : ", ") + std::string(set.name);
  }
  throw std::invalid_argument("instruction set: expected one of " + known + ", got '" + name + "'");
}

std::atomic<const InstructionSet*>& current() {
  static std::atomic<const InstructionSet*> chosen{[] {
    const char* wish = std::getenv("REMY_ISA");
    return wish != nullptr && *wish != '\0' ? &named(wish) : &sets().back();
  }()};
  return chosen;
}

}  // namespace

std::string isa() { return current().load()->name; }

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
  for (const auto& set : sets()) names.emplace_back(set.name);
  return names;
}

void set_isa(const std::string& name) { current().store(&named(name)); }

template <>
const Kernels<float>& kernels<float>() {
  return *current().load()->single;
}

template <>
const Kernels<double>& kernels<double>() {
  return *current().load()->twofold;
}

}  // namespace remy
