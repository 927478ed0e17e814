// Intent: exceptions thrown by the thousand, through frames with destructors, by
// several threads at once, handed from thread to thread, nested: all arrive where
// they should, however many checkpoints and restarts fall into the unwinding.
// RUN: %build_cxx
// RUN: %generations --interval 0.01 --generations 5 %t
// RUN: %generations --interval 0.01 --generations 5 --ids ns %t
// RUN: %generations --interval 0.01 --generations 5 --ids new %t
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include "behave.h"

namespace {

constexpr int kThreads = 3, kDepth = 12;

struct Counts {
  explicit Counts(long* count) : count_(count) { ++*count_; }
  ~Counts() { --*count_; }
  long* count_;
};

class Failure : public std::runtime_error {
 public:
  Failure(long number, std::string text)
      : std::runtime_error(std::move(text)), number(number) {}
  long number;
};

[[gnu::noinline]] void Throw(int depth, long number, long* alive) {
  const Counts counts(alive);
  const std::string text = "number " + std::to_string(number);
  if (depth == 0) throw Failure(number, text);
  if (depth % 5 == 0) {
    try {
      Throw(depth - 1, number, alive);
    } catch (const std::logic_error&) {
      CHECK(false);
    } catch (...) {
      CHECK(*alive == kDepth - depth + 1);
      throw;
    }
  }
  Throw(depth - 1, number, alive);
  CHECK(text.empty());
}

void Check(const std::exception& error, long number) {
  const auto* failure = dynamic_cast<const Failure*>(&error);
  CHECK(failure != nullptr && failure->number == number);
  CHECK(failure->what() == "number " + std::to_string(number));
}

void Worker(long first) {
  for (long n = first; n % 16 != 0 || !Go(); ++n) {
    long alive = 0;
    std::exception_ptr held;
    try {
      Throw(kDepth, n, &alive);
      CHECK(false);
    } catch (const std::runtime_error& error) {
      CHECK(alive == 0);
      Check(error, n);
      held = std::current_exception();
      try {
        std::throw_with_nested(std::out_of_range("outer"));
      } catch (const std::out_of_range& outer) {
        try {
          std::rethrow_if_nested(outer);
          CHECK(false);
        } catch (const std::exception& inner) {
          Check(inner, n);
        }
      }
    }
    CHECK(std::uncaught_exceptions() == 0);
    try {
      std::rethrow_exception(held);
    } catch (const std::exception& error) {
      Check(error, n);
    }
  }
}

}  // namespace

int main() {
  std::thread threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = std::thread(Worker, 1 + 1000000L * i);
  }
  // One that is kept over all restarts.
  std::exception_ptr kept;
  try {
    throw Failure(-5, "number -5");
  } catch (...) {
    kept = std::current_exception();
  }
  Ready();
  for (std::thread& thread : threads) thread.join();
  std::thread([&] {
    try {
      std::rethrow_exception(kept);
    } catch (const std::exception& error) {
      Check(error, -5);
    }
  }).join();
  return Done();
}
