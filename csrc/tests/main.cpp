// Runs every test with every instruction set of this machine, but for the one that REMY_TESTS_WITHOUT names.
#include <cstdlib>

#include "check.h"

int main() {
  using namespace remy::testing;
  const char* name = std::getenv("REMY_TESTS_WITHOUT");
  const std::string without = name != nullptr ? name : "";
  int run = 0, left_out = 0;
  for (const auto& isa : remy::available_isas()) {
    remy::set_isa(isa);
    for (const auto& test : tests()) {
      if (test.name == without) {
        ++left_out;
        std::cout << "LEFT OUT [" << isa << "] " << test.name << "\n";
        continue;
      }
      const int before = failures();
      test.body();
      ++run;
      if (failures() > before) std::cerr << "FAILED [" << isa << "] " << test.name << "\n";
    }
  }
  std::cout << run << " tests, " << failures() << " failed checks";
  if (left_out > 0) std::cout << ", " << left_out << " left out, as REMY_TESTS_WITHOUT asks";
  std::cout << "\n";
  if (!without.empty() && left_out == 0) {
    std::cerr << "REMY_TESTS_WITHOUT: expected the name of a test, got '" << without << "'\n";
    return 1;
  }
  return failures() == 0 ? 0 : 1;
}
