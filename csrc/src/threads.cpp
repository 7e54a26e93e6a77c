#include "remy/threads.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif
#include <pthread.h>

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
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { serve(); });
  }

  ~Pool() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

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

std::atomic<int> wanted{0};
std::mutex pool_use;
Pool* pool = nullptr;  // guarded by pool_use; leaked at exit, when threads may no longer be joined
int pool_size = 0;
thread_local bool inside_task = false;

// A fork copies the pool but not its threads: the child starts again without one.
void forget_pool() {
  new (&pool_use) std::mutex;
  pool = nullptr;
  pool_size = 0;
}

Pool& pool_of(int workers) {
  static const int registered = pthread_atfork(nullptr, nullptr, forget_pool);
  static_cast<void>(registered);
  if (pool == nullptr || pool_size != workers) {
    delete pool;
    pool = new Pool(workers);
    pool_size = workers;
  }
  return *pool;
}

}  // namespace

void set_num_threads(int count) {
  if (count < 1) throw std::invalid_argument("set_num_threads: expected a count of at least 1");
  wanted = count;
}

int num_threads() {
  if (wanted == 0) wanted = usable_processors();
  return wanted;
}

void parallel(int parts, TaskRef task) {
  const int threads = num_threads();
  std::unique_lock<std::mutex> use(pool_use, std::defer_lock);
  if (parts <= 1 || threads == 1 || inside_task || !use.try_lock()) {
    for (int part = 0; part < parts; ++part) task(part);
    return;
  }
  const auto guarded = [&task](int part) {
    inside_task = true;
    task(part);
    inside_task = false;
  };
  pool_of(threads - 1).run(parts, guarded);
}

Range share(std::int64_t count, int parts, int part, std::int64_t grain) {
  const std::int64_t grains = (count + grain - 1) / grain;
  const std::int64_t first = grains * part / parts * grain;
  const std::int64_t last = grains * (part + 1) / parts * grain;
  return {first < count ? first : count, last < count ? last : count};
}

}  // namespace remy
