// Intent: every mutex of the C++ library, held and waited for at the checkpoint,
// with and without a deadline, is what it was after the restart: it goes to who
// waits for it when the holder lets go, and a deadline ends a wait on time.
// RUN: %build_cxx
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "behave.h"

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

std::vector<std::thread> threads;
int let_go, timed_out, late_waits;

// One that has the mutex until the token comes, one that waits for it, for ever
// or for long, by `lock` and `unlock`.
template <typename Mutex, typename Lock, typename Unlock>
void Contend(Mutex& mutex, Lock lock, Unlock unlock) {
  static int waiters[16], count;
  int* tid = &waiters[count++];
  threads.emplace_back([&mutex, lock, unlock, tid] {
    *tid = 0;
    __atomic_store_n(tid, gettid(), __ATOMIC_SEQ_CST);
    lock(mutex);
    CHECK(Get(&let_go) == 1);
    unlock(mutex);
  });
  AwaitFutex(tid);
}

// A wait that ends at its deadline.
template <typename Try>
void Late(Try attempt) {
  ++late_waits;
  threads.emplace_back([attempt] {
    const auto start = Clock::now();
    CHECK(!attempt(2s));
    CHECK(Clock::now() - start >= 2s && Clock::now() - start < 60s);
    Count(&timed_out);
  });
}

}  // namespace

int main() {
  std::mutex plain;
  std::recursive_mutex recursive;
  std::timed_mutex timed;
  std::recursive_timed_mutex recursive_timed;
  std::shared_mutex written, read;
  std::shared_timed_mutex timed_written, timed_read;

  const auto lock = [](auto& m) { m.lock(); };
  const auto unlock = [](auto& m) { m.unlock(); };
  const auto lock_shared = [](auto& m) { m.lock_shared(); };
  const auto unlock_shared = [](auto& m) { m.unlock_shared(); };
  const auto lock_for = [](auto& m) { CHECK(m.try_lock_for(1000s)); };
  const auto lock_until = [](auto& m) {
    CHECK(m.try_lock_until(std::chrono::system_clock::now() + 1000s));
  };
  const auto shared_for = [](auto& m) { CHECK(m.try_lock_shared_for(1000s)); };

  plain.lock();
  for (int i = 0; i < 3; ++i) recursive.lock();
  timed.lock();
  for (int i = 0; i < 2; ++i) recursive_timed.lock();
  written.lock();
  read.lock_shared();
  timed_written.lock();
  timed_read.lock_shared();

  Contend(plain, lock, unlock);
  Contend(recursive, lock, unlock);
  Contend(timed, lock_for, unlock);
  Contend(recursive_timed, lock_until, unlock);
  Contend(written, lock_shared, unlock_shared);
  Contend(read, lock, unlock);
  Contend(timed_written, shared_for, unlock_shared);
  Contend(timed_read, lock_for, unlock);
  Late([&](auto span) { return timed.try_lock_for(span); });
  Late([&](auto span) { return recursive_timed.try_lock_for(span); });
  Late([&](auto span) { return timed_written.try_lock_for(span); });
  Late([&](auto span) { return timed_written.try_lock_shared_for(span); });

  LiveThroughRestarts();
  CHECK(recursive.try_lock() && recursive_timed.try_lock());
  recursive.unlock();
  recursive_timed.unlock();
  Await(&timed_out, late_waits);
  Set(&let_go, 1);
  plain.unlock();
  for (int i = 0; i < 3; ++i) recursive.unlock();
  timed.unlock();
  for (int i = 0; i < 2; ++i) recursive_timed.unlock();
  written.unlock();
  read.unlock_shared();
  timed_written.unlock();
  timed_read.unlock_shared();
  for (std::thread& thread : threads) thread.join();
  CHECK(plain.try_lock() && recursive.try_lock() && timed.try_lock());
  CHECK(recursive_timed.try_lock() && written.try_lock() && read.try_lock());
  CHECK(timed_written.try_lock() && timed_read.try_lock());
  return Done();
}
