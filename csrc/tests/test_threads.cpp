#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

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

// Members write their own number, wait, read all the others', wait: `rounds` times. Returns what went wrong.
int meet(const Team& team, std::vector<int>& written, int rounds) {
  int wrong = 0;
  for (int round = 1; round <= rounds; ++round) {
    written[static_cast<std::size_t>(team.member) * 16] = round;
    team.wait();
    for (int other = 0; other < team.members; ++other)
      if (written[static_cast<std::size_t>(other) * 16] != round) ++wrong;
    team.wait();
  }
  return wrong;
}

TEST("a team calls every member once, and they meet as often as they like") {
  const int before = num_threads();
  for (int threads : {1, 2, 3}) {
    set_num_threads(threads);
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(threads));
    std::vector<int> written(static_cast<std::size_t>(threads) * 16, 0);
    std::vector<std::thread::id> ids(static_cast<std::size_t>(threads));
    std::atomic<int> wrong{0};
    together(threads, [&](const Team& team) {
      if (team.members != threads) ++wrong;
      const auto member = static_cast<std::size_t>(team.member);
      ++calls[member];
      ids[member] = std::this_thread::get_id();
      wrong += meet(team, written, threads == 3 ? 2000 : 10000);
    });
    CHECK(wrong == 0);
    for (const auto& count : calls) CHECK(count == 1);
    for (std::size_t i = 0; i < ids.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) CHECK(ids[i] != ids[j]);
  }
  set_num_threads(before);
}

TEST("where there is no team to be had, one member works alone") {
  const int before = num_threads();
  set_num_threads(2);
  std::atomic<int> calls{0}, alone{0};
  const auto count = [&](const Team& team) {
    ++calls;
    team.wait();
    if (team.member == 0 && team.members == 1) ++alone;
  };
  together(1, count);
  CHECK(calls == 1 && alone == 1);
  together(5, count);  // more than there are threads
  CHECK(calls == 2 && alone == 2);
  parallel(3, [&](int) { together(2, count); });
  CHECK(calls == 5 && alone == 5);
  together(2, [&](const Team& team) {
    together(2, count);
    team.wait();
  });
  CHECK(calls == 7 && alone == 7);
  set_num_threads(before);
}

TEST("several threads gather teams at the same time; nobody waits for a thread that never comes") {
  const int before = num_threads();
  set_num_threads(2);
  std::atomic<int> wrong{0}, teams{0};
  std::vector<std::thread> callers;
  for (int id = 0; id < 4; ++id)
    callers.emplace_back([&] {
      for (int round = 0; round < 40; ++round) {
        std::vector<int> written(32, 0);
        std::atomic<int> calls{0}, members{0};
        together(2, [&](const Team& team) {
          ++calls;
          members = team.members;
          wrong += meet(team, written, 20);
        });
        if (calls != members) ++wrong;
        if (members == 2) ++teams;
      }
    });
  for (auto& caller : callers) caller.join();
  CHECK(wrong == 0 && teams > 0);
  set_num_threads(before);
}

TEST("a forked child gathers a team of its own") {
  const int before = num_threads();
  set_num_threads(2);
  std::vector<int> written(32, 0);
  together(2, [&](const Team& team) { meet(team, written, 3); });
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    std::atomic<int> members{0}, wrong{0};
    std::vector<int> own(32, 0);
    together(2, [&](const Team& team) {
      members = team.members;
      wrong += meet(team, own, 100);
    });
    _exit(members == 2 && wrong == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  set_num_threads(before);
}

TEST("work is shared out where that is worth waking threads for") {
  const int before = num_threads();
  set_num_threads(3);
  set_least_shared_work(0);  // without OpenMP our own bound
  CHECK(worthwhile_parts((1 << 23) - 1) == 1 && worthwhile_parts(1 << 23) == 3);
  set_least_shared_work(1 << 17);
  CHECK(worthwhile_parts((1 << 17) - 1) == 1 && worthwhile_parts(1 << 17) == 3);
  CHECK(row_parts(1 << 17, 2) == 2 && row_parts(1 << 17, 9) == 3 && row_parts(1 << 17, 0) == 1);
  CHECK(row_parts(1, 9) == 1);
  set_num_threads(1);
  CHECK(worthwhile_parts(1 << 30) == 1);
  set_num_threads(before);
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
