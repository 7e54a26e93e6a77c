// Runs every test with every instruction set of this machine, save those that REMY_TESTS_WITHOUT names, split by |.
#include <cstdlib>
#include <map>
#include <sstream>

#include "check.h"
#include "remy/threads.h"

namespace {

// The tests to leave out, and how often each has been.
std::map<std::string, int> left_out() {
  const char* names = std::getenv("REMY_TESTS_WITHOUT");
  std::istringstream list(names != nullptr ? names : "");
  std::map<std::string, int> times;
  for (std::string name; std::getline(list, name, '|');) times[name] = 0;
  return times;
}

}  // namespace

int main() {
  using namespace remy::testing;
  remy::set_least_shared_work(1 << 17);  // small problems are to be shared here too
  auto without = left_out();
  int run = 0;
  for (const auto& isa : remy::available_isas()) {
    remy::set_isa(isa);
    for (const auto& test : tests()) {
      const auto named = without.find(test.name);
      if (named != without.end()) {
        ++named->second;
        std::cout << "LEFT OUT [" << isa << "] " << test.name << "\n";
        continue;
      }
      const int before = failures();
      test.body();
      ++run;
      if (failures() > before) std::cerr << "FAILED [" << isa << "] " << test.name << "\n";
    }
  }
  for (const auto& [name, times] : without) {
    if (times > 0) continue;
    std::cerr << "REMY_TESTS_WITHOUT: expected the names of tests, got '" << name << "'\n";
    ++failures();
  }
  std::cout << run << " tests, " << failures() << " failed checks\n";
  return failures() == 0 ? 0 : 1;
}
