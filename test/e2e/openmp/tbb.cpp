// Intent: a program built on TBB: loops, reductions, task groups, pipelines and
// queues give the same under a storm of checkpoints and restarts as without; a
// thread that waits for a queue gets what is put there after the restart.
// RUN: %build_cxx -ltbb
// RUN: %generations --generations 4 %t
// RUN: %generations --generations 4 --ids ns %t
// RUN: %generations --generations 4 --ids new %t
#include <tbb/blocked_range.h>
#include <tbb/concurrent_queue.h>
#include <tbb/concurrent_unordered_map.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/parallel_reduce.h>
#include <tbb/parallel_sort.h>
#include <tbb/queuing_mutex.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <thread>
#include <vector>

#include "behave.h"

namespace {

using Range = tbb::blocked_range<long>;

constexpr long kSize = 20000;

void Loops() {
  std::vector<long> values(kSize);
  tbb::parallel_for(Range(0, kSize), [&](const Range& range) {
    for (long i = range.begin(); i < range.end(); ++i) values[i] = kSize - i;
  });
  const long sum = tbb::parallel_reduce(
      Range(0, kSize), 0L,
      [&](const Range& range, long so_far) {
        for (long i = range.begin(); i < range.end(); ++i) {
          so_far += values[i];
        }
        return so_far;
      },
      [](long a, long b) { return a + b; });
  CHECK(sum == kSize * (kSize + 1) / 2);
  tbb::parallel_sort(values.begin(), values.end());
  for (long i = 0; i < kSize; ++i) CHECK(values[i] == i + 1);
}

long Fibonacci(int n) {
  if (n < 8) return n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
  long a = 0, b = 0;
  tbb::task_group group;
  group.run([&] { a = Fibonacci(n - 1); });
  group.run([&] { b = Fibonacci(n - 2); });
  group.wait();
  return a + b;
}

void Pipeline() {
  int next = 0, last = -1;
  long sum = 0;
  tbb::parallel_pipeline(
      4, tbb::make_filter<void, int>(tbb::filter_mode::serial_in_order,
                                     [&](tbb::flow_control& control) {
                                       if (next == 200) control.stop();
                                       return next++;
                                     }) &
             tbb::make_filter<int, int>(tbb::filter_mode::parallel,
                                        [](int x) { return 3 * x; }) &
             tbb::make_filter<int, void>(tbb::filter_mode::serial_in_order,
                                         [&](int x) {
                                           CHECK(x == 3 * (last + 1));
                                           last = x / 3;
                                           sum += x;
                                         }));
  CHECK(last == 199 && sum == 3 * 199 * 200 / 2);
}

void Containers() {
  tbb::queuing_mutex mutex;
  tbb::concurrent_unordered_map<int, int> map;
  long counted = 0;
  tbb::parallel_for(0, 500, [&](int i) {
    map.emplace(i % 50, i);
    const tbb::queuing_mutex::scoped_lock lock(mutex);
    ++counted;
  });
  CHECK(counted == 500 && map.size() == 50);
}

}  // namespace

int main() {
  const tbb::global_control four(tbb::global_control::max_allowed_parallelism,
                                 4);
  tbb::concurrent_bounded_queue<int> queue;
  int waiting = 0;
  std::thread waits([&] {
    int item = 0;
    Count(&waiting);
    queue.pop(item);
    CHECK(item == 9 && Go());
  });
  Await(&waiting, 1);
  tbb::task_arena arena(3);
  Ready();
  do {
    Loops();
    arena.execute([] { CHECK(Fibonacci(16) == 987); });
    Pipeline();
    Containers();
  } while (!Go());
  queue.push(9);
  waits.join();
  return Done();
}
