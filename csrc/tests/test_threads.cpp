#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "check.h"
#include "remy/threads.h"

namespace remy {
namespace {

TEST("every part runs once, whatever the number of threads") {
  const int before = num_threads();
  for (int threads : {1, 2, 5}) {
    set_num_threads(threads);
    for (int parts : {0, 1, 7, 64}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(parts));
      parallel(parts, [&](int part) { ++calls[static_cast<std::size_t>(part)]; });
      for (const auto& count : calls) CHECK(count == 1);
    }
  }
  set_num_threads(before);
}

TEST("parallel work inside parallel work runs on its own thread") {
  std::atomic<int> calls{0};
  parallel(3, [&](int) { parallel(4, [&](int) { ++calls; }); });
  CHECK(calls == 12);
}

TEST("a forked child works on threads of its own") {
  std::atomic<int> calls{0};
  parallel(4, [&](int) { ++calls; });
  const pid_t child = fork();
  if (child == 0) {
    std::atomic<int> own{0};
    parallel(4, [&](int) { ++own; });
    _exit(own == 4 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(calls == 4 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST("shares cover every item once, in multiples of the grain") {
  for (std::int64_t count : {0, 1, 7, 64, 65}) {
    std::int64_t next = 0;
    for (int part = 0; part < 3; ++part) {
      const Range range = share(count, 3, part, 16);
      CHECK(range.first == next && (range.last % 16 == 0 || range.last == count));
      next = range.last;
    }
    CHECK(next == count);
  }
}

}  // namespace
}  // namespace remy
