// Intent: everything that threads are synchronised with, all at once and without
// a pause: each kind of mutex in turn with others, read-write locks, conditions,
// semaphores, barriers, spin locks, hand-over of mutexes, and C++'s own, with
// exceptions on their way through what holds them. Nothing is lost, doubled or
// let in by checkpoints and restarts.
// RUN: %build_cxx
// RUN: %generations --generations 5 %t
// RUN: %generations --generations 5 --ids ns %t
// RUN: %generations --generations 5 --ids new %t
#include <semaphore.h>

#include <barrier>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "mutex_kinds.h"

namespace {

constexpr int kMutexes = kMutexKindCount + 1;  // the last: priority-protected
constexpr int kRwlocks = 3;

struct Guarded {
  pthread_mutex_t mutex;
  long value, copy;
} g_guarded[kMutexes];

struct {
  pthread_rwlock_t lock;
  long value, copy;
} g_tables[kRwlocks];

bool g_protect;

// Ends all of it: some time after the token is there, each at its own moment.
bool Over() { return Go(); }

uint32_t Random(uint32_t* state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

bool IsRecursive(int i) {
  return i < kMutexKindCount && kMutexKinds[i].type == PTHREAD_MUTEX_RECURSIVE;
}
bool IsChecking(int i) {
  return i < kMutexKindCount && kMutexKinds[i].type == PTHREAD_MUTEX_ERRORCHECK;
}

void InitAll() {
  for (int i = 0; i < kMutexKindCount; ++i) {
    InitMutex(&g_guarded[i].mutex, &kMutexKinds[i]);
  }
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_PROTECT);
  pthread_mutexattr_setprioceiling(&a, 1);
  pthread_mutex_t* protect = &g_guarded[kMutexKindCount].mutex;
  CHECK(pthread_mutex_init(protect, &a) == 0);
  // Only who may have a real-time priority may lock it.
  g_protect = pthread_mutex_lock(protect) == 0;
  if (g_protect) pthread_mutex_unlock(protect);
  const int kinds[kRwlocks] = {PTHREAD_RWLOCK_PREFER_READER_NP,
                               PTHREAD_RWLOCK_PREFER_WRITER_NP,
                               PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP};
  for (int i = 0; i < kRwlocks; ++i) {
    pthread_rwlockattr_t b;
    pthread_rwlockattr_init(&b);
    pthread_rwlockattr_setkind_np(&b, kinds[i]);
    CHECK(pthread_rwlock_init(&g_tables[i].lock, &b) == 0);
  }
}

void LockOne(int i, uint32_t chance) {
  pthread_mutex_t* mutex = &g_guarded[i].mutex;
  const timespec later = In(CLOCK_REALTIME, 3600000);
  const timespec later_still = In(CLOCK_MONOTONIC, 3600000);
  switch (chance % 4) {
    case 0:
      CHECK(pthread_mutex_timedlock(mutex, &later) == 0);
      break;
    case 1:
      // PI mutexes know no other clock than the one of the day before 5.14.
      CHECK(pthread_mutex_clocklock(
                mutex, i < kMutexKindCount && kMutexKinds[i].protocol != 0
                           ? CLOCK_REALTIME
                           : CLOCK_MONOTONIC,
                i < kMutexKindCount && kMutexKinds[i].protocol != 0
                    ? &later
                    : &later_still) == 0);
      break;
    case 2: {
      int r;
      while ((r = pthread_mutex_trylock(mutex)) == EBUSY) sched_yield();
      CHECK(r == 0);
      break;
    }
    default:
      CHECK(pthread_mutex_lock(mutex) == 0);
  }
}

struct Unwound : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Unlocks on the way out, also when an exception passes.
struct Unlock {
  int i;
  ~Unlock() {
    Guarded& g = g_guarded[i];
    ++g.copy;
    CHECK(g.copy == g.value);
    if (IsRecursive(i)) CHECK(pthread_mutex_unlock(&g.mutex) == 0);
    CHECK(pthread_mutex_unlock(&g.mutex) == 0);
  }
};

void Deeper(int i, uint32_t* random, int more) {
  if (i == kMutexKindCount && !g_protect) return;
  LockOne(i, Random(random));
  if (IsRecursive(i)) LockOne(i, Random(random));
  if (IsChecking(i)) {
    CHECK(pthread_mutex_lock(&g_guarded[i].mutex) == EDEADLK);
  }
  ++g_guarded[i].value;
  const Unlock unlock{i};
  if (more > 0 && i + 1 < kMutexes) {
    const auto left = static_cast<uint32_t>(kMutexes - i - 1);
    Deeper(i + 1 + static_cast<int>(Random(random) % left), random, more - 1);
  } else if (Random(random) % 4 == 0) {
    throw Unwound(std::to_string(i));
  }
}

long g_locked, g_thrown;

void MutexThread(uint32_t seed) {
  uint32_t random = seed;
  do {
    const int first = static_cast<int>(Random(&random) % kMutexes);
    try {
      Deeper(first, &random, 3);
    } catch (const Unwound& e) {
      CHECK(std::stoi(e.what()) >= first);
      __atomic_add_fetch(&g_thrown, 1, __ATOMIC_RELAXED);
    }
    // Several at a time, in order.
    int held[4], n = 0;
    for (int i = first; i < kMutexKindCount && n < 4;
         i += 1 + static_cast<int>(Random(&random) % 4)) {
      LockOne(i, Random(&random));
      ++g_guarded[i].value;
      held[n++] = i;
    }
    while (n > 0) {
      Guarded& g = g_guarded[held[--n]];
      ++g.copy;
      CHECK(g.copy == g.value);
      CHECK(pthread_mutex_unlock(&g.mutex) == 0);
    }
    __atomic_add_fetch(&g_locked, 1, __ATOMIC_RELAXED);
  } while (!Over());
}

void TableThread(uint32_t seed) {
  uint32_t random = seed;
  do {
    auto& table = g_tables[Random(&random) % kRwlocks];
    if (Random(&random) % 3 == 0) {
      CHECK(pthread_rwlock_wrlock(&table.lock) == 0);
      CHECK(pthread_rwlock_rdlock(&table.lock) == EDEADLK);
      ++table.value;
      ++table.copy;
    } else {
      const timespec later = In(CLOCK_REALTIME, 3600000);
      CHECK(pthread_rwlock_timedrdlock(&table.lock, &later) == 0);
      CHECK(table.value == table.copy);
    }
    CHECK(pthread_rwlock_unlock(&table.lock) == 0);
  } while (!Over());
}

// A semaphore made of mutexes: who takes is not who gives back.
pthread_mutex_t g_ping = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t g_pong = PTHREAD_MUTEX_INITIALIZER;
long g_passes[2];
bool g_passed;

void HandOver(int side) {
  pthread_mutex_t* mine = side == 0 ? &g_ping : &g_pong;
  pthread_mutex_t* others = side == 0 ? &g_pong : &g_ping;
  for (bool over = false; !over;) {
    CHECK(pthread_mutex_lock(mine) == 0);
    const long n = ++g_passes[side];
    CHECK(g_passes[1 - side] == (side == 0 ? n - 1 : n));
    if (side == 0) g_passed = Over();
    over = g_passed;
    CHECK(pthread_mutex_unlock(others) == 0);
  }
}

// A queue between two producers and two consumers.
struct {
  pthread_mutex_t mutex = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
  pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
  pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
  long items[8];
  int count = 0;
  bool closed = false;
  long put = 0, taken = 0;
} g_queue;

void Producer() {
  long next = 1;
  do {
    pthread_mutex_lock(&g_queue.mutex);
    while (g_queue.count == 8) {
      pthread_cond_wait(&g_queue.not_full, &g_queue.mutex);
    }
    g_queue.items[g_queue.count++] = next;
    g_queue.put += next++;
    pthread_cond_signal(&g_queue.not_empty);
    CHECK(pthread_mutex_unlock(&g_queue.mutex) == 0);
  } while (!Over());
}

void Consumer() {
  for (;;) {
    pthread_mutex_lock(&g_queue.mutex);
    while (g_queue.count == 0 && !g_queue.closed) {
      const timespec soon = In(CLOCK_MONOTONIC, 5);
      const int r = pthread_cond_clockwait(&g_queue.not_empty, &g_queue.mutex,
                                           CLOCK_MONOTONIC, &soon);
      CHECK(r == 0 || r == ETIMEDOUT);
    }
    if (g_queue.count == 0) {
      pthread_mutex_unlock(&g_queue.mutex);
      return;
    }
    g_queue.taken += g_queue.items[--g_queue.count];
    pthread_cond_signal(&g_queue.not_full);
    CHECK(pthread_mutex_unlock(&g_queue.mutex) == 0);
  }
}

constexpr int kParty = 3;
pthread_barrier_t g_barrier;
long g_round[kParty];
int g_barrier_over;

void BarrierThread(int n) {
  for (;;) {
    ++g_round[n];
    const int r = pthread_barrier_wait(&g_barrier);
    CHECK(r == 0 || r == PTHREAD_BARRIER_SERIAL_THREAD);
    for (long round : g_round) CHECK(round == g_round[n]);
    if (r != 0) Set(&g_barrier_over, Over());
    pthread_barrier_wait(&g_barrier);
    if (Get(&g_barrier_over)) return;
  }
}

sem_t g_items, g_room;
pthread_spinlock_t g_spin;
long g_spun, g_posted, g_got;

void SemaphoreThread(bool posts) {
  for (;;) {
    CHECK(sem_wait(posts ? &g_room : &g_items) == 0);
    pthread_spin_lock(&g_spin);
    ++g_spun;
    posts ? ++g_posted : ++g_got;
    const bool over = posts ? Over() : g_posted < 0;
    if (posts && over) g_posted = -g_posted;
    pthread_spin_unlock(&g_spin);
    CHECK(sem_post(posts ? &g_items : &g_room) == 0);
    if (posts ? over : (g_posted < 0 && g_got == -g_posted)) return;
  }
}

// C++.

struct Local {
  Local() : check(this) {}
  ~Local() { CHECK(check == this); }
  Local* check;
  long uses = 0;
};
thread_local Local t_local;

std::shared_timed_mutex g_shared;
std::recursive_timed_mutex g_recursive;
long g_shared_value, g_shared_copy;

void SharedThread(uint32_t seed) {
  uint32_t random = seed;
  do {
    ++t_local.uses;
    if (Random(&random) % 4 == 0) {
      const std::unique_lock lock(g_shared);
      ++g_shared_value;
      ++g_shared_copy;
    } else {
      const std::shared_lock lock(g_shared, std::chrono::hours(1));
      CHECK(lock.owns_lock() && g_shared_value == g_shared_copy);
    }
    try {
      const std::lock_guard outer(g_recursive);
      const std::unique_lock inner(g_recursive, std::chrono::hours(1));
      CHECK(inner.owns_lock());
      if (Random(&random) % 2 == 0) throw Unwound("inside");
    } catch (const Unwound&) {
    }
  } while (!Over());
}

void FuturesThread() {
  do {
    std::promise<int> promise;
    auto later = std::async(std::launch::async, [&] {
      ++t_local.uses;
      promise.set_value(7);
      throw Unwound("from another thread");
    });
    CHECK(promise.get_future().get() == 7);
    try {
      later.get();
      CHECK(!"it throws");
    } catch (const Unwound& e) {
      CHECK(std::string(e.what()) == "from another thread");
    }
    std::latch latch(3);
    std::counting_semaphore<4> semaphore(0);
    std::atomic<int> word = 0;
    std::jthread a([&] {
      latch.count_down();
      word.wait(0);
      semaphore.release(2);
    });
    std::condition_variable_any any;
    std::mutex mutex;
    bool stopped = false;
    std::jthread b([&](std::stop_token token) {
      std::unique_lock lock(mutex);
      latch.count_down();
      CHECK(!any.wait(lock, token, [] { return false; }));
      stopped = true;
    });
    latch.arrive_and_wait();
    word = 1;
    word.notify_all();
    semaphore.acquire();
    CHECK(semaphore.try_acquire_for(std::chrono::hours(1)));
    b.request_stop();
    b.join();
    CHECK(stopped);
  } while (!Over());
}

long g_phases;
std::barrier<void (*)() noexcept> g_phase(2, +[]() noexcept {
  ++g_phases;
  if (Over()) g_phases = -1;
});

void PhaseThread() {
  do g_phase.arrive_and_wait();
  while (g_phases >= 0);
}

}  // namespace

int main() {
  InitAll();
  pthread_mutex_lock(&g_pong);
  CHECK(pthread_barrier_init(&g_barrier, nullptr, kParty) == 0);
  CHECK(sem_init(&g_items, 0, 0) == 0 && sem_init(&g_room, 0, 5) == 0);
  CHECK(pthread_spin_init(&g_spin, PTHREAD_PROCESS_PRIVATE) == 0);
  std::vector<std::thread> threads, consumers;
  for (uint32_t i = 0; i < 3; ++i) threads.emplace_back(MutexThread, i + 1);
  for (uint32_t i = 0; i < 2; ++i) threads.emplace_back(TableThread, i + 1);
  for (int i = 0; i < 2; ++i) threads.emplace_back(HandOver, i);
  for (int i = 0; i < 2; ++i) threads.emplace_back(Producer);
  for (int i = 0; i < 2; ++i) consumers.emplace_back(Consumer);
  for (int i = 0; i < kParty; ++i) threads.emplace_back(BarrierThread, i);
  threads.emplace_back(SemaphoreThread, true);
  threads.emplace_back(SemaphoreThread, false);
  for (uint32_t i = 0; i < 2; ++i) threads.emplace_back(SharedThread, i + 1);
  threads.emplace_back(FuturesThread);
  for (int i = 0; i < 2; ++i) threads.emplace_back(PhaseThread);
  Ready();
  for (std::thread& thread : threads) thread.join();
  pthread_mutex_lock(&g_queue.mutex);
  g_queue.closed = true;
  pthread_cond_broadcast(&g_queue.not_empty);
  pthread_mutex_unlock(&g_queue.mutex);
  for (std::thread& thread : consumers) thread.join();
  CHECK(g_queue.put == g_queue.taken && g_queue.count == 0);
  for (const Guarded& g : g_guarded) CHECK(g.value == g.copy);
  CHECK(g_locked > 0 && g_spun > 0);
  return Done();
}
