// Intent: semaphores, latches, barriers and atomics of C++20, waited for at the
// checkpoint, let their waiters go after the restart when it is time, and not
// before: one per release, all at the last arrival, once per change.
// RUN: %build_cxx
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <atomic>
#include <barrier>
#include <chrono>
#include <latch>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "behave.h"

using namespace std::chrono_literals;

namespace {

struct Late {
  long first, second;  // too large for a futex: waited for by address
  bool operator==(const Late&) const = default;
};

std::counting_semaphore<8> semaphore(0);
std::binary_semaphore binary(0);
std::latch latch(3);
int phases;
std::barrier barrier(3, []() noexcept { ++phases; });
std::atomic<int> number{7};
std::atomic<char> byte{'a'};
std::atomic_flag flag;
std::once_flag once;

int waiting, through[8], late, begun;

}  // namespace

int main() {
  std::vector<std::thread> threads;
  const auto start = [&](int i, auto wait) {
    threads.emplace_back([i, wait] {
      Count(&waiting);
      wait();
      Count(&through[i]);
    });
  };
  for (int i = 0; i < 2; ++i) {
    start(0, [] { semaphore.acquire(); });
    start(1, [] { latch.arrive_and_wait(); });
    start(2, [] { barrier.arrive_and_wait(); });
  }
  start(0, [] { CHECK(semaphore.try_acquire_for(1000s)); });
  start(3, [] { number.wait(7); });
  start(4, [] { byte.wait('a'); });
  start(5, [] { flag.wait(false); });
  start(6, [] { CHECK(binary.try_acquire_for(1000s)); });
  for (int i = 0; i < 2; ++i) {
    start(7, [] {
      std::call_once(once, [] {
        Count(&begun);
        AwaitGo();
      });
      CHECK(Go());
    });
  }
  std::thread too_late([] {
    std::binary_semaphore never(0);
    const auto then = std::chrono::steady_clock::now() + 2s;
    CHECK(!never.try_acquire_until(then));
    CHECK(std::chrono::steady_clock::now() >= then);
    CHECK(std::chrono::steady_clock::now() < then + 60s);
    Set(&late, 1);
  });
  Await(&waiting, 13);
  Ready();
  while (!Go()) {
    for (int i = 0; i < 7; ++i) CHECK(Get(&through[i]) == 0);
    Pause();
  }
  for (int releases = 1; releases <= 3; ++releases) {
    CHECK(Get(&through[0]) == releases - 1);
    semaphore.release();
    Await(&through[0], releases);
  }
  CHECK(!semaphore.try_acquire() && !latch.try_wait());
  latch.count_down();
  Await(&through[1], 2);
  CHECK(phases == 0);
  (void)barrier.arrive();
  Await(&through[2], 2);
  CHECK(phases == 1);
  number.notify_all();  // no change: nobody goes
  for (int i = 0; i < 5; ++i) Pause();
  CHECK(Get(&through[3]) == 0);
  number = 8;
  number.notify_all();
  byte = 'b';
  byte.notify_all();
  flag.test_and_set();
  flag.notify_all();
  binary.release();
  for (std::thread& thread : threads) thread.join();
  too_late.join();
  CHECK(begun == 1 && late == 1);
  for (int i = 3; i < 7; ++i) CHECK(through[i] == 1);
  CHECK(through[7] == 2);
  return Done();
}
