// steady.cpp - std::chrono::steady_clock never goes back, and what waits for a
// moment of it is done in time.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "behave.h"

using std::chrono::steady_clock;
using namespace std::chrono_literals;

static std::atomic<bool> stop{false};

static void Watch() {
  steady_clock::time_point last = steady_clock::now();
  while (!stop) {
    const steady_clock::time_point now = steady_clock::now();
    CHECK(now >= last);
    last = now;
  }
}

static void Wait() {
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock<std::mutex> lock(mutex);
  while (!stop) {
    const auto deadline = steady_clock::now() + 200ms;
    CHECK(condition.wait_until(lock, deadline) == std::cv_status::timeout);
    CHECK(steady_clock::now() >= deadline);
    // Far away: what is waited for comes from another thread, or never.
    CHECK(!condition.wait_for(lock, 1ms, [] { return false; }));
  }
}

static void Sleep() {
  while (!stop) {
    const auto deadline = steady_clock::now() + 200ms;
    std::this_thread::sleep_until(deadline);
    CHECK(steady_clock::now() >= deadline);
  }
}

int main() {
  std::thread threads[] = {std::thread(Watch), std::thread(Wait),
                           std::thread(Sleep)};
  LiveThroughRestarts();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return Done();
}
