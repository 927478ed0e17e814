// Intent: a program written with std::thread, mutex, condition_variable, future
// and containers loses and repeats nothing over restarts.
// RUN: %build_cxx
// RUN: %generations --interval 0.02 --generations 5 %t
// RUN: %generations --interval 0.02 --generations 5 --ids new %t
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "behave.h"

namespace {

class Queue {
 public:
  void Put(long value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return values_.size() < 16; });
    values_.push_back(value);
    some_.notify_one();
  }
  long Take() {
    std::unique_lock lock(mutex_);
    some_.wait(lock, [&] { return !values_.empty(); });
    const long value = values_.front();
    values_.pop_front();
    room_.notify_one();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_, some_;
  std::deque<long> values_;
};

}  // namespace

int main() {
  constexpr int kConsumers = 3;
  Queue queue;
  std::map<std::string, long> sums;
  std::recursive_mutex sums_mutex;
  std::vector<std::thread> consumers;
  for (int i = 0; i < kConsumers; ++i) {
    consumers.emplace_back([&, name = "consumer " + std::to_string(i)] {
      for (long value; (value = queue.Take()) >= 0;) {
        const std::scoped_lock lock(sums_mutex);
        const std::scoped_lock again(sums_mutex);
        sums[name] += value;
      }
    });
  }
  Ready();
  long sum = 0, value = 0;
  while (!Go()) {
    for (int i = 0; i < 50; ++i) {
      queue.Put(++value);
      sum += value;
    }
    auto half = std::async(std::launch::async, [&] { return value / 2; });
    CHECK(half.get() == value / 2);
  }
  for (int i = 0; i < kConsumers; ++i) queue.Put(-1);
  for (std::thread& consumer : consumers) consumer.join();
  const long got = std::accumulate(
      sums.begin(), sums.end(), 0L,
      [](long a, const auto& entry) { return a + entry.second; });
  CHECK(got == sum);
  return Done();
}
