// A team shares the units of a large layer with few rows: when, that it does, and that nobody can tell from the
// results.
#include <time.h>

#include <thread>

#include "kernels.h"
#include "layer.h"
#include "remy/stream.h"
#include "remy/threads.h"
#include "unit_share.h"

namespace remy {
namespace {

using testing::Differentiated;
using testing::Layer;

// Sets the number of threads for as long as it lives.
struct Threads {
  int before = num_threads();
  explicit Threads(int count) { set_num_threads(count); }
  ~Threads() { set_num_threads(before); }
};

Sequence<float> sizes(Cell cell, std::int64_t steps, std::int64_t batch, std::int64_t units) {
  Sequence<float> s;
  s.cell = cell;
  s.steps = steps;
  s.batch = batch;
  s.units = units;
  return s;
}

TEST("a team is taken for few rows of a large layer with enough work, and for nothing else") {
  const Threads threads(2);
  const auto members = [](Cell cell, std::int64_t steps, std::int64_t batch, std::int64_t units) {
    return team_members(sizes(cell, steps, batch, units), 64);
  };
  CHECK(members(Cell::lstm, 100, 1, 256) == 2);
  CHECK(members(Cell::lstm, 100, 3, 256) == 2);
  CHECK(members(Cell::lstm, 100, 4, 256) == 1);  // two rows for each thread
  CHECK(members(Cell::lstm, 100, 0, 256) == 1);
  CHECK(members(Cell::lstm, 100, 1, 64) == 1);  // a small kernel
  CHECK(members(Cell::simple_rnn_tanh, 1000, 1, 181) == 1);
  CHECK(members(Cell::simple_rnn_tanh, 1000, 1, 182) == 2);
  CHECK(members(Cell::lstm, 1, 1, 256) == 1);  // little work
  CHECK(members(Cell::lstm, 7, 1, 256) == 1);
  CHECK(members(Cell::lstm, 8, 1, 256) == 2);
  CHECK(members(Cell::lstm, 100, 1, 127) == 1);  // one panel and a bit
  CHECK(members(Cell::lstm, 100, 1, 128) == 2);
  set_num_threads(1);
  CHECK(members(Cell::lstm, 100, 1, 256) == 1);
  set_num_threads(8);
  CHECK(members(Cell::lstm, 100, 3, 256) == 4);   // whole panels only
  CHECK(members(Cell::lstm, 100, 15, 256) == 1);  // rows are work for more threads
  CHECK(members(Cell::lstm, 100, 16, 256) == 1);
}

TEST("members of a team have all units between them, in whole panels") {
  for (std::int64_t units : {128, 130, 200, 257}) {
    for (int count : {1, 2, 3}) {
      std::int64_t next = 0;
      for (int member = 0; member < count; ++member) {
        const UnitShare mine = share_of_units(Team{member, count, nullptr}, units, 64);
        CHECK(mine.first == next && mine.first % 64 == 0 && mine.last >= mine.first);
        next = mine.last;
      }
      CHECK(next == units);
    }
  }
}

double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// What other threads spent while work ran, over what this one did.
template <class Work>
double others_share(Work work) {
  const double process = seconds(CLOCK_PROCESS_CPUTIME_ID), own = seconds(CLOCK_THREAD_CPUTIME_ID);
  work();
  const double mine = seconds(CLOCK_THREAD_CPUTIME_ID) - own;
  return (seconds(CLOCK_PROCESS_CPUTIME_ID) - process - mine) / mine;
}

// Whether other threads do at least, or at most, such a share: on a machine that is busy elsewhere at one of some
// tries.
template <class Work>
bool others_do(double least, double most, Work work) {
  for (int tries = 0; tries < 20; ++tries) {
    const double share = others_share(work);
    if (share >= least && share <= most) return true;
  }
  return false;
}

TEST("a second thread does its share of one row of a large layer, there and back") {
  const Threads threads(2);
  Layer<float> l(Cell::lstm, 300, 1, 4, 256), small(Cell::lstm, 2000, 1, 4, 20);
  l.run();
  small.run();
  CHECK(others_do(0.3, 1e9, [&] { l.run(); }));
  CHECK(others_do(0.0, 0.1, [&] { small.run(); }));
  Differentiated<float> d(l);
  Gradients<float> only_h0;
  only_h0.h0 = d.h0.data();
  const Record<const float> record = l.recorded();
  // The kernel's gradients are shared out in any case: leave room for them.
  CHECK(others_do(0.3, 1e9, [&] { backward(l.sequence(), record, d.arriving(l), only_h0); }));
}

template <class T>
bool same(const Layer<T>& a, const Layer<T>& b) {
  return a.outputs == b.outputs && a.states == b.states && a.cells == b.cells && a.gates == b.gates && a.h == b.h &&
         a.c == b.c;
}

// Enough steps and rows for a team, at whatever width a panel has.
template <class T>
void check_team(Cell cell, std::int64_t batch, std::int64_t units, bool reverse) {
  Layer<T> alone(cell, 66 / batch, batch, 5, units, reverse), shared = alone;
  for (auto* layer : {&alone, &shared})
    for (auto& value : layer->recurrent) value *= T(0.1);
  const int before = num_threads();
  set_num_threads(1);
  alone.run();
  Differentiated<T> back(alone);
  back.run(alone);
  for (int threads : {2, 3}) {
    set_num_threads(threads);
    CHECK(threads > 2 || team_members(shared.sequence(), kernels<T>().product_width) > 1);
    std::fill(shared.outputs.begin(), shared.outputs.end(), T(9));
    shared.run();
    CHECK(same(alone, shared));
    Differentiated<T> back_shared(shared);
    back_shared.run(shared);
    CHECK(back == back_shared);
  }
  set_num_threads(before);
}

TEST("a team's results are those of one thread, to the last bit") {
  for (int kind = 0; kind < kCellCount; ++kind) {
    for (std::int64_t batch : {1, 2, 3}) {
      check_team<float>(static_cast<Cell>(kind), batch, 200, batch == 2);
      if (!is_simple(static_cast<Cell>(kind))) check_team<float>(static_cast<Cell>(kind), batch, 130, false);
    }
    check_team<double>(static_cast<Cell>(kind), 2, 201, true);
  }
}

TEST("a large layer inside parallel work runs on its own thread and is right") {
  const Threads threads(2);
  Layer<float> wanted(Cell::gru_reset_before, 60, 1, 5, 200);
  for (auto& value : wanted.recurrent) value *= 0.1f;
  Layer<float> first = wanted, second = wanted;
  wanted.run();
  Differentiated<float> back(wanted);
  back.run(wanted);
  std::vector<Differentiated<float>> found(2, back);
  parallel(2, [&](int part) {
    Layer<float>& l = part == 0 ? first : second;
    l.run();
    Differentiated<float> d(l);
    d.run(l);
    found[static_cast<std::size_t>(part)] = d;
  });
  CHECK(same(wanted, first) && same(wanted, second) && found[0] == back && found[1] == back);
  together(2, [&](const Team& team) {
    Layer<float>& l = team.member == 0 ? first : second;
    l.run();
  });
  CHECK(same(wanted, first) && same(wanted, second));
}

TEST("threads that call large layers at the same time are all right and nobody waits forever") {
  const Threads threads(2);
  Layer<float> wanted(Cell::lstm, 40, 2, 5, 200);
  for (auto& value : wanted.recurrent) value *= 0.1f;
  const Layer<float> fresh = wanted;
  wanted.run();
  Differentiated<float> back(wanted);
  back.run(wanted);
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> callers;
  for (int id = 0; id < 4; ++id)
    callers.emplace_back([&, id] {
      Layer<float> l = fresh;
      for (int round = 0; round < 8; ++round) {
        std::fill(l.outputs.begin(), l.outputs.end(), 9.0f);
        l.run();
        Differentiated<float> d(l);
        d.run(l);
        if (!same(wanted, l) || !(d == back)) ++wrong[static_cast<std::size_t>(id)];
      }
    });
  for (auto& caller : callers) caller.join();
  for (int count : wrong) CHECK(count == 0);
}

}  // namespace
}  // namespace remy
