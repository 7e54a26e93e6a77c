#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "check.h"
#include "remy/pool.h"
#include "remy/workspace.h"

namespace remy {
namespace {

constexpr std::size_t kMegabyte = std::size_t(1) << 20;

TEST("a block is aligned, can be written to its end, and is lent again once it is back") {
  release_idle_blocks();
  for (std::size_t bytes : {std::size_t(1), std::size_t(100), kMegabyte + 3, 9 * kMegabyte}) {
    void* block = borrow_block(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % kCacheLine == 0);
    std::memset(block, 0x5a, bytes);
    CHECK(idle_block_bytes() == 0);
    return_block(block);
    CHECK(idle_block_bytes() >= bytes);
    void* again = borrow_block(bytes);
    CHECK(again == block);
    CHECK(idle_block_bytes() == 0);
    return_block(again);
    release_idle_blocks();
    CHECK(idle_block_bytes() == 0);
  }
}

TEST("nobody is given a block that somebody else holds") {
  release_idle_blocks();
  void* first = borrow_block(kMegabyte);
  void* second = borrow_block(kMegabyte);
  CHECK(first != second);
  return_block(first);
  void* third = borrow_block(kMegabyte);
  CHECK(third == first && third != second);
  return_block(second);
  return_block(third);
  release_idle_blocks();
}

TEST("a block serves a somewhat smaller wish, never a larger one, nor one that wastes it") {
  release_idle_blocks();
  void* block = borrow_block(9 * kMegabyte);
  return_block(block);
  void* larger = borrow_block(9 * kMegabyte + 1);
  CHECK(larger != block);
  void* tiny = borrow_block(5 * kMegabyte);
  CHECK(tiny != block);
  CHECK(idle_block_bytes() >= 9 * kMegabyte);
  void* smaller = borrow_block(7 * kMegabyte);
  CHECK(smaller == block);
  for (void* each : {larger, tiny, smaller}) return_block(each);
  release_idle_blocks();
}

TEST("of several idle blocks the smallest that fits is lent") {
  release_idle_blocks();
  void* blocks[3] = {borrow_block(12 * kMegabyte), borrow_block(10 * kMegabyte), borrow_block(11 * kMegabyte)};
  for (void* block : blocks) return_block(block);
  void* lent = borrow_block(10 * kMegabyte - 8);
  CHECK(lent == blocks[1]);
  CHECK(idle_block_bytes() == 23 * kMegabyte);
  return_block(lent);
  release_idle_blocks();
}

TEST("idle blocks beyond the limit go back to the system, the longest unused first") {
  release_idle_blocks();
  constexpr std::size_t part = kMostIdleBytes / 4;
  void* blocks[5];
  for (auto& block : blocks) block = borrow_block(part);
  for (void* block : blocks) return_block(block);  // nothing of them was ever touched
  CHECK(idle_block_bytes() == kMostIdleBytes);
  void* again[4];
  for (auto& block : again) block = borrow_block(part);
  for (void* block : again) CHECK(block == blocks[1] || block == blocks[2] || block == blocks[3] || block == blocks[4]);
  CHECK(idle_block_bytes() == 0);
  for (void* block : again) return_block(block);
  void* huge = borrow_block(kMostIdleBytes + kMegabyte);
  return_block(huge);
  CHECK(idle_block_bytes() == kMostIdleBytes);  // it is not kept, and nothing else goes for its sake
  release_idle_blocks();
}

TEST("threads borrow and return at the same time, and nobody writes into another's block") {
  release_idle_blocks();
  std::vector<std::thread> threads;
  std::vector<int> wrong(6, 0);
  for (int id = 0; id < 6; ++id) {
    threads.emplace_back([id, &wrong] {
      for (int round = 0; round < 300; ++round) {
        const std::size_t bytes = 4096 + 512 * static_cast<std::size_t>((round * 7 + id) % 5);
        auto* block = static_cast<unsigned char*>(borrow_block(bytes));
        std::memset(block, id + 1, bytes);
        std::this_thread::yield();
        for (std::size_t i = 0; i < bytes; ++i)
          if (block[i] != id + 1) ++wrong[static_cast<std::size_t>(id)];
        return_block(block);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (int count : wrong) CHECK(count == 0);
  CHECK(idle_block_bytes() <= kMostIdleBytes);
  release_idle_blocks();
  CHECK(idle_block_bytes() == 0);
}

TEST("a forked child borrows and returns, even if another thread was doing so") {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) return_block(borrow_block(1 << 16));
  });
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      return_block(borrow_block(1 << 16));
      release_idle_blocks();
      _exit(idle_block_bytes() == 0 ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  stop = true;
  busy.join();
}

}  // namespace
}  // namespace remy
