// Instruction sets: which ones this build and this machine have, and which one is in use.
#pragma once

#include <string>
#include <vector>

namespace remy {

// Name of the instruction set in use: "portable", "avx2", "avx512" or "neon". The first call chooses the best one,
// or the one that the environment variable REMY_ISA names.
std::string isa();

// Every instruction set that this build holds and this machine can run, best last.
std::vector<std::string> available_isas();

// Use `name` from now on. Throws std::invalid_argument when it is not available.
void set_isa(const std::string& name);

}  // namespace remy
