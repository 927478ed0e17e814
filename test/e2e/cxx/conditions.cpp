// Intent: condition variables of the C++ library, without a loop: who was not
// notified is still waiting after the restart, with every kind of wait, and one
// notification wakes one; condition_variable_any with locks of other kinds and
// with a stop token, which ends the wait.
// RUN: %build_cxx
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <thread>

#include "behave.h"

using namespace std::chrono_literals;

int main() {
  constexpr int kWaits = 5;
  std::mutex mutex;
  std::recursive_mutex recursive;
  std::shared_mutex shared;
  std::condition_variable plain, until_wall, until_steady;
  std::condition_variable_any any_recursive, any_shared, any_stop;
  int tids[kWaits] = {}, woken[kWaits] = {}, stopped = 0, stop_tid = 0;
  int late = 0;

  const auto waiter = [&](int i, auto wait) {
    return [&, i, wait] {
      Set(&tids[i], gettid());
      wait();
      Count(&woken[i]);
    };
  };
  std::thread threads[kWaits] = {
      std::thread(waiter(0,
                         [&] {
                           std::unique_lock lock(mutex);
                           plain.wait(lock);
                         })),
      std::thread(waiter(1,
                         [&] {
                           std::unique_lock lock(mutex);
                           const auto then =
                               std::chrono::system_clock::now() + 1000s;
                           CHECK(until_wall.wait_until(lock, then) ==
                                 std::cv_status::no_timeout);
                         })),
      std::thread(waiter(2,
                         [&] {
                           std::unique_lock lock(mutex);
                           CHECK(until_steady.wait_for(lock, 1000s) ==
                                 std::cv_status::no_timeout);
                         })),
      std::thread(waiter(3,
                         [&] {
                           std::unique_lock lock(recursive);
                           any_recursive.wait(lock);
                           CHECK(recursive.try_lock());
                           recursive.unlock();
                         })),
      std::thread(waiter(4,
                         [&] {
                           std::shared_lock lock(shared);
                           any_shared.wait(lock);
                           CHECK(!shared.try_lock());
                         })),
  };
  for (int& tid : tids) AwaitFutex(&tid);
  std::jthread stoppable([&](std::stop_token token) {
    std::unique_lock lock(mutex);
    Set(&stop_tid, gettid());
    CHECK(!any_stop.wait(lock, token, [] { return false; }));
    CHECK(token.stop_requested());
    Count(&stopped);
  });
  AwaitFutex(&stop_tid);
  std::thread too_late([&] {
    std::condition_variable nobody;
    std::unique_lock lock(mutex);
    const auto then = std::chrono::steady_clock::now() + 2s;
    CHECK(nobody.wait_until(lock, then) == std::cv_status::timeout);
    CHECK(std::chrono::steady_clock::now() >= then);
    CHECK(std::chrono::steady_clock::now() < then + 60s);
    Set(&late, 1);
  });

  Ready();
  while (!Go()) {
    for (int& count : woken) CHECK(Get(&count) == 0);
    CHECK(Get(&stopped) == 0);
    Pause();
  }
  plain.notify_one();
  until_wall.notify_one();
  until_steady.notify_one();
  any_recursive.notify_one();
  any_shared.notify_one();
  for (int i = 0; i < kWaits; ++i) {
    threads[i].join();
    CHECK(woken[i] == 1);
  }
  CHECK(Get(&stopped) == 0);
  stoppable.request_stop();
  stoppable.join();
  too_late.join();
  CHECK(stopped == 1 && late == 1);
  return Done();
}
