#include "remy/threads.h"

#include <dlfcn.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif
#include <pthread.h>

#include "remy/workspace.h"

namespace remy {
namespace {

int usable_processors() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  const unsigned count = std::thread::hardware_concurrency();
  return count > 0 ? static_cast<int>(count) : 1;
}

// Workers that sleep on a condition variable between jobs. A job is a number of parts; whoever is free takes the next.
class Pool {
 public:
  explicit Pool(int workers) {
    threads_.reserve(static_cast<std::size_t>(workers));
    try {
      for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // No more threads to be had: those that are there take all the parts.
    }
  }

  ~Pool() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  // Threads beside the caller's.
  int workers() const { return static_cast<int>(threads_.size()); }

  void run(int parts, TaskRef task) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      task_ = &task;
      parts_ = parts;
      next_ = 0;
      unfinished_ = parts;
    }
    wake_.notify_all();
    std::unique_lock<std::mutex> lock(mutex_);
    work(lock);
    done_.wait(lock, [this] { return unfinished_ == 0; });
    task_ = nullptr;
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || (task_ != nullptr && next_ < parts_); });
      if (stopping_) return;
      work(lock);
    }
  }

  void work(std::unique_lock<std::mutex>& lock) {
    while (task_ != nullptr && next_ < parts_) {
      const int part = next_++;
      const auto* task = task_;
      lock.unlock();
      (*task)(part);
      lock.lock();
      if (--unfinished_ == 0) done_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const TaskRef* task_ = nullptr;
  int parts_ = 0;
  int next_ = 0;
  int unfinished_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// GNU OpenMP, where something else in the process (torch, say) has loaded it. Its idle threads spin for milliseconds
// after every piece of work, so a pool of ours beside it would share its processors with them: measured on two
// cores, 1.4 times slower. Working on the same threads costs nothing.
struct OpenMp {
  void (*parallel)(void (*)(void*), void*, unsigned, unsigned) = nullptr;
  int (*max_threads)() = nullptr;
  int (*in_parallel)() = nullptr;
  int (*team_size)() = nullptr;
  int (*member)() = nullptr;

  // A team of another size than the last would be built anew at every change.
  bool can_serve(int threads) const {
    return parallel != nullptr && max_threads != nullptr && in_parallel != nullptr && team_size != nullptr &&
           member != nullptr && max_threads() == threads && in_parallel() == 0;
  }
};

std::atomic<const OpenMp*> borrowed{nullptr};

std::atomic<int> wanted{0};
std::atomic<std::int64_t> least_shared_work{0};
std::mutex pool_use;
Pool* pool = nullptr;  // guarded by pool_use; leaked at exit, when threads may no longer be joined
int pool_size = 0;
thread_local bool inside_task = false;

struct InsideTask {
  InsideTask() { inside_task = true; }
  ~InsideTask() { inside_task = false; }
};

// The parts of one call, for a team whose members take the next until none is left.
struct Shared {
  TaskRef task;
  int parts;
  std::atomic<int> next;

  static void work(void* self) {
    auto& shared = *static_cast<Shared*>(self);
    for (int part = shared.next++; part < shared.parts; part = shared.next++) shared.task(part);
  }
};

// A fork copies the pool, and OpenMP's team, but not their threads: the child starts again with a pool of its own.
void forget_threads() {
  new (&pool_use) std::mutex;
  pool = nullptr;
  pool_size = 0;
  borrowed = nullptr;
}

const int fork_handled = pthread_atfork(nullptr, nullptr, forget_threads);

Pool& pool_of(int workers) {
  if (pool == nullptr || pool_size != workers) {
    delete pool;
    pool = new Pool(workers);
    pool_size = workers;
  }
  return *pool;
}

}  // namespace

void set_num_threads(int count) {
  if (count < 1 || count > kMostThreads)
    throw std::invalid_argument("set_num_threads: expected a count of 1 to " + std::to_string(kMostThreads));
  wanted = count;
}

int num_threads() {
  if (wanted == 0) wanted = usable_processors();
  return wanted;
}

void borrow_openmp() {
  void* library = dlopen("libgomp.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return;
  static OpenMp team;
  team.parallel = reinterpret_cast<decltype(team.parallel)>(dlsym(library, "GOMP_parallel"));
  team.max_threads = reinterpret_cast<decltype(team.max_threads)>(dlsym(library, "omp_get_max_threads"));
  team.in_parallel = reinterpret_cast<decltype(team.in_parallel)>(dlsym(library, "omp_in_parallel"));
  team.team_size = reinterpret_cast<decltype(team.team_size)>(dlsym(library, "omp_get_num_threads"));
  team.member = reinterpret_cast<decltype(team.member)>(dlsym(library, "omp_get_thread_num"));
  borrowed = &team;
}

void parallel(int parts, TaskRef task) {
  const int threads = num_threads();
  const auto run_all = [&] {
    for (int part = 0; part < parts; ++part) task(part);
  };
  if (parts <= 1 || threads == 1 || inside_task) return run_all();
  const auto guarded = [&task](int part) {
    const InsideTask inside;
    task(part);
  };
  const OpenMp* team = borrowed.load();
  if (team != nullptr && team->can_serve(threads)) {
    Shared shared{guarded, parts, {0}};
    team->parallel(&Shared::work, &shared, static_cast<unsigned>(threads), 0);
    return;
  }
  const std::unique_lock<std::mutex> use(pool_use, std::try_to_lock);
  if (!use.owns_lock()) return run_all();
  pool_of(threads - 1).run(parts, guarded);
}

class Barrier {
 public:
  void wait(int members) {
    const unsigned round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == members) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
      return;
    }
    for (int turns = 0; round_.load(std::memory_order_acquire) == round; ++turns) {
      if (turns < kTurns) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
  }

 private:
  // Some ten microseconds: longer than a step of a layer worth sharing, shorter than a turn of another process.
  static constexpr int kTurns = 1 << 10;

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  alignas(kCacheLine) std::atomic<int> arrived_{0};
  alignas(kCacheLine) std::atomic<unsigned> round_{0};
};

void Team::wait() const {
  if (members > 1) barrier->wait(members);
}

namespace {

struct SharedTeam {
  TeamTaskRef task;
  int members;
  const OpenMp* openmp;
  Barrier barrier;

  static void work(void* self) {
    auto& shared = *static_cast<SharedTeam*>(self);
    const int had = shared.openmp->team_size(), member = shared.openmp->member();
    const Team team{member, had < shared.members ? had : shared.members, &shared.barrier};
    if (member >= team.members) return;
    const InsideTask inside;
    shared.task(team);
  }
};

}  // namespace

void together(int members, TeamTaskRef task) {
  if (members <= 1 || inside_task) return task(Team{});
  const OpenMp* openmp = borrowed.load();
  if (openmp != nullptr && openmp->can_serve(num_threads())) {
    SharedTeam shared{task, members, openmp, {}};
    // Always the whole team: OpenMP would dismiss the others, and make them anew for the next call.
    openmp->parallel(&SharedTeam::work, &shared, static_cast<unsigned>(num_threads()), 0);
    return;
  }
  const std::unique_lock<std::mutex> use(pool_use, std::try_to_lock);
  if (!use.owns_lock()) return task(Team{});
  Pool& threads = pool_of(num_threads() - 1);
  if (threads.workers() + 1 < members) return task(Team{});
  Barrier barrier;
  // Nobody is done before all are there, so each thread takes one part.
  threads.run(members, [&](int part) {
    const InsideTask inside;
    task(Team{part, members, &barrier});
  });
}

int worthwhile_parts(std::int64_t multiply_adds) {
  constexpr std::int64_t for_openmp = std::int64_t(1) << 17, for_pool = std::int64_t(1) << 23;
  std::int64_t least = least_shared_work;
  if (least == 0) {
    if (multiply_adds < for_openmp) return 1;  // asking OpenMP takes as long as a step of a small cell
    const OpenMp* openmp = borrowed.load();
    least = openmp != nullptr && openmp->can_serve(num_threads()) ? for_openmp : for_pool;
  }
  return multiply_adds < least ? 1 : num_threads();
}

void set_least_shared_work(std::int64_t multiply_adds) { least_shared_work = multiply_adds; }

}  // namespace remy
