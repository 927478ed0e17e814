// Intent: promises, packaged tasks and async calls that somebody waits for at the
// checkpoint deliver their value, or their exception, after the restart; a wait
// with a deadline ends on time; a jthread whose destructor waits is asked to stop.
// RUN: %build_cxx
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "behave.h"

using namespace std::chrono_literals;

static int waiting, stopping, stopped;

int main() {
  std::promise<std::string> value, failure;
  std::future<std::string> value_future = value.get_future();
  std::shared_future<std::string> failure_future = failure.get_future().share();
  std::packaged_task<int(int)> task([](int x) { return x * 2; });
  std::future<int> task_future = task.get_future();
  std::future<int> async_future = std::async(std::launch::async, [] {
    Count(&waiting);
    AwaitGo();
    return 11;
  });
  std::future<int> deferred =
      std::async(std::launch::deferred, [] { return 12; });

  std::thread gets([&] {
    Count(&waiting);
    CHECK(value_future.get() == std::string(1000, 'v'));
    CHECK(Go());
  });
  std::thread catches[2];
  for (std::thread& thread : catches) {
    thread = std::thread([&, failure_future] {
      Count(&waiting);
      try {
        failure_future.get();
        CHECK(false);
      } catch (const std::runtime_error& error) {
        CHECK(Go() && std::string(error.what()) == "after the restart");
      }
    });
  }
  std::thread times([&] {
    Count(&waiting);
    const auto then = std::chrono::steady_clock::now() + 2s;
    CHECK(task_future.wait_until(then) == std::future_status::timeout);
    CHECK(std::chrono::steady_clock::now() >= then);
    CHECK(std::chrono::steady_clock::now() < then + 60s);
    Count(&waiting);
    CHECK(task_future.get() == 42);
  });
  std::thread destroys([] {
    std::jthread inner([](std::stop_token token) {
      std::stop_callback callback(token, [] { Count(&stopping); });
      while (!token.stop_requested()) Pause();
      AwaitGo();
      Count(&stopped);
    });
  });
  Await(&waiting, 5);
  Await(&stopping, 1);
  LiveThroughRestarts();
  CHECK(deferred.wait_for(0s) == std::future_status::deferred);
  CHECK(deferred.get() == 12);
  value.set_value(std::string(1000, 'v'));
  failure.set_exception(
      std::make_exception_ptr(std::runtime_error("after the restart")));
  Await(&waiting, 6);  // its deadline has passed
  task(21);
  CHECK(async_future.get() == 11);
  gets.join();
  for (std::thread& thread : catches) thread.join();
  times.join();
  destroys.join();
  CHECK(stopped == 1);
  {
    std::promise<int> broken;
    std::future<int> orphan = broken.get_future();
    {
      const std::promise<int> gone = std::move(broken);
    }
    try {
      orphan.get();
      CHECK(false);
    } catch (const std::future_error& error) {
      CHECK(error.code() == std::future_errc::broken_promise);
    }
  }
  return Done();
}
