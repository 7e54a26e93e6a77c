// Large blocks of memory that are lent again rather than given back.
//
// The system hands out fresh pages one fault at a time and clears each: for arrays that every training step needs anew,
// that costs up to a fifth of the step.
#pragma once

#include <cstddef>

namespace remy {

// Idle blocks beyond this many bytes go back to the system, the longest unused first.
constexpr std::size_t kMostIdleBytes = std::size_t(256) << 20;

// At least `bytes`, aligned to a cache line. Safe from any thread.
void* borrow_block(std::size_t bytes);
void return_block(void* block) noexcept;

// Give all idle blocks back to the system.
void release_idle_blocks() noexcept;

// Bytes of all idle blocks.
std::size_t idle_block_bytes() noexcept;

}  // namespace remy
