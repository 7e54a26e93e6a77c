// Runs every test with every instruction set of this machine.
#include "check.h"

int main() {
  using namespace remy::testing;
  int run = 0;
  for (const auto& name : remy::available_isas()) {
    remy::set_isa(name);
    for (const auto& test : tests()) {
      const int before = failures();
      test.body();
      ++run;
      if (failures() > before) std::cerr << "FAILED [" << name << "] " << test.name << "\n";
    }
  }
  std::cout << run << " tests, " << failures() << " failed checks\n";
  return failures() == 0 ? 0 : 1;
}
