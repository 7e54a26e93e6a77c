// The core's own threads. They sleep when there is no work: an idle pool that spins costs its neighbours a core.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace remy {

constexpr int kMostThreads = 1024;

// Throws std::invalid_argument unless count is 1 .. kMostThreads.
void set_num_threads(int count);
int num_threads();

// Work on the threads of GNU OpenMP from now on, if the process has it loaded and wants as many threads as we do. For
// the side that shares the process with torch to call: see threads.cpp.
void borrow_openmp();

// A callable that somebody else keeps alive; making one allocates nothing.
class TaskRef {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<F, TaskRef>>>
  TaskRef(const F& task)
      : object_(std::addressof(task)), call_([](const void* f, int part) { (*static_cast<const F*>(f))(part); }) {}

  void operator()(int part) const { call_(object_, part); }

 private:
  const void* object_;
  void (*call_)(const void*, int);
};

// Calls task(part) for part = 0 .. parts-1, each once, on the caller's thread and the pool's; returns when all are
// done. A call from inside a task, or while another thread uses the pool, runs every part on the caller.
void parallel(int parts, TaskRef task);

// Threads that work at the same time and may wait for each other: member 0 .. members-1.
class Barrier;
struct Team {
  int member = 0;
  int members = 1;
  Barrier* barrier = nullptr;

  // Until every member has come here as often. Spins, and lets others run when that takes long.
  void wait() const;
};

// A callable that somebody else keeps alive.
class TeamTaskRef {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<F, TeamTaskRef>>>
  TeamTaskRef(const F& task)
      : object_(std::addressof(task)),
        call_([](const void* f, const Team& team) { (*static_cast<const F*>(f))(team); }) {}

  void operator()(const Team& team) const { call_(object_, team); }

 private:
  const void* object_;
  void (*call_)(const void*, const Team&);
};

// Calls task once on each of `members` threads, the caller's among them, or on as many as can be had at the same time.
void together(int members, TeamTaskRef task);

// How many parts a piece of work is worth: 1 below so many multiply-adds that waking a thread costs more than it saves,
// else the number of threads. On OpenMP's threads, which still spin from the work before, that is 2^17 (a few us); on
// our own, which sleep, 2^23 (some 100 us: waking one takes 30 to 50).
int worthwhile_parts(std::int64_t multiply_adds);

// Use another bound than these; 0 for these again. For tests, which cannot wait for large problems.
void set_least_shared_work(std::int64_t multiply_adds);

// The same, where the work is that of so many rows, each by one thread alone.
int row_parts(std::int64_t multiply_adds, std::int64_t rows);

// [first, last) of `part` when `count` items are shared out evenly in multiples of `grain`.
struct Range {
  std::int64_t first;
  std::int64_t last;
};
Range share(std::int64_t count, int parts, int part, std::int64_t grain = 1);

}  // namespace remy
