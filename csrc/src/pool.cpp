#include "remy/pool.h"

#include <pthread.h>

#include <mutex>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "remy/workspace.h"

namespace remy {
namespace {

// Stands in front of what is lent.
struct alignas(kCacheLine) Header {
  std::size_t capacity;
};

constexpr std::size_t kHugePage = std::size_t(2) << 20;

// Blocks of many huge pages may as well have them: fewer faults, and fewer misses of the address cache.
std::size_t alignment(std::size_t capacity) { return capacity >= 4 * kHugePage ? kHugePage : kCacheLine; }

struct Idle {
  std::mutex mutex;
  std::vector<Header*> blocks;  // the longest unused first
  std::size_t bytes = 0;
};

// Never destroyed: arrays may be returned while the process ends.
Idle& idle() {
  static Idle& all = *new Idle;
  return all;
}

// A fork may find the lock held by a thread that the child does not have.
const int fork_handled =
    pthread_atfork([] { idle().mutex.lock(); }, [] { idle().mutex.unlock(); }, [] { idle().mutex.unlock(); });

Header* make(std::size_t capacity) {
  const std::size_t whole = capacity + sizeof(Header);
  void* memory = ::operator new(whole, std::align_val_t(alignment(capacity)));
#ifdef __linux__
  if (alignment(capacity) == kHugePage) madvise(memory, whole, MADV_HUGEPAGE);
#endif
  return new (memory) Header{capacity};
}

void destroy(Header* block) noexcept { ::operator delete(block, std::align_val_t(alignment(block->capacity))); }

// The smallest idle block that holds so many bytes without wasting a third of itself.
Header* take_idle(std::size_t bytes) {
  Idle& all = idle();
  const std::lock_guard<std::mutex> lock(all.mutex);
  auto best = all.blocks.end();
  for (auto block = all.blocks.begin(); block != all.blocks.end(); ++block) {
    const std::size_t capacity = (*block)->capacity;
    if (capacity >= bytes && capacity - bytes <= capacity / 3 &&
        (best == all.blocks.end() || capacity < (*best)->capacity))
      best = block;
  }
  if (best == all.blocks.end()) return nullptr;
  Header* found = *best;
  all.blocks.erase(best);
  all.bytes -= found->capacity;
  return found;
}

void release_down_to(Idle& all, std::size_t most) noexcept {
  auto kept = all.blocks.begin();
  for (; kept != all.blocks.end() && all.bytes > most; ++kept) {
    all.bytes -= (*kept)->capacity;
    destroy(*kept);
  }
  all.blocks.erase(all.blocks.begin(), kept);
}

}  // namespace

void* borrow_block(std::size_t bytes) {
  Header* block = take_idle(bytes);
  return (block != nullptr ? block : make(bytes)) + 1;
}

void return_block(void* block) noexcept {
  Header* header = static_cast<Header*>(block) - 1;
  if (header->capacity > kMostIdleBytes) return destroy(header);
  Idle& all = idle();
  const std::lock_guard<std::mutex> lock(all.mutex);
  try {
    all.blocks.push_back(header);
    all.bytes += header->capacity;
  } catch (const std::bad_alloc&) {
    destroy(header);
  }
  release_down_to(all, kMostIdleBytes);
}

void release_idle_blocks() noexcept {
  Idle& all = idle();
  const std::lock_guard<std::mutex> lock(all.mutex);
  release_down_to(all, 0);
}

std::size_t idle_block_bytes() noexcept {
  Idle& all = idle();
  const std::lock_guard<std::mutex> lock(all.mutex);
  return all.bytes;
}

}  // namespace remy
