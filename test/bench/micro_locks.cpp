// micro_locks.cpp - lock and unlock of what nobody else wants, each thread with
// a lock of its own.

#include <benchmark/benchmark.h>
#include <pthread.h>

namespace {

constexpr int kMostThreads = 64;

struct alignas(128) Cell {
  pthread_mutex_t mutex;
  pthread_rwlock_t rwlock;
  long counter;
};
Cell g_cells[kMostThreads];

void Prepare(Cell* cell, int kind) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, kind);
  pthread_mutex_init(&cell->mutex, &attributes);
  pthread_rwlock_init(&cell->rwlock, nullptr);
}

void LockPairs(benchmark::State& state, int kind) {
  Cell* cell = &g_cells[state.thread_index()];
  Prepare(cell, kind);
  for (auto _ : state) {
    pthread_mutex_lock(&cell->mutex);
    ++cell->counter;
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&cell->mutex);
  }
}

void Mutex(benchmark::State& state) {
  LockPairs(state, PTHREAD_MUTEX_NORMAL);
}
BENCHMARK(Mutex)->Threads(1)->Threads(2)->Threads(3)->Threads(4);

void MutexRecursive(benchmark::State& state) {
  LockPairs(state, PTHREAD_MUTEX_RECURSIVE);
}
BENCHMARK(MutexRecursive);

void MutexErrorcheck(benchmark::State& state) {
  LockPairs(state, PTHREAD_MUTEX_ERRORCHECK);
}
BENCHMARK(MutexErrorcheck);

void MutexTrylock(benchmark::State& state) {
  Cell* cell = &g_cells[0];
  Prepare(cell, PTHREAD_MUTEX_NORMAL);
  for (auto _ : state) {
    if (pthread_mutex_trylock(&cell->mutex) == 0) {
      ++cell->counter;
      benchmark::ClobberMemory();
      pthread_mutex_unlock(&cell->mutex);
    }
  }
}
BENCHMARK(MutexTrylock);

// Taken and given back in the same order.
void MutexHandOverHand(benchmark::State& state) {
  Prepare(&g_cells[0], PTHREAD_MUTEX_NORMAL);
  Prepare(&g_cells[1], PTHREAD_MUTEX_NORMAL);
  int at = 0;
  pthread_mutex_lock(&g_cells[at].mutex);
  for (auto _ : state) {
    pthread_mutex_lock(&g_cells[1 - at].mutex);
    ++g_cells[0].counter;
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&g_cells[at].mutex);
    at = 1 - at;
  }
  pthread_mutex_unlock(&g_cells[at].mutex);
}
BENCHMARK(MutexHandOverHand);

void RwlockRead(benchmark::State& state) {
  Cell* cell = &g_cells[state.thread_index()];
  Prepare(cell, PTHREAD_MUTEX_NORMAL);
  for (auto _ : state) {
    pthread_rwlock_rdlock(&cell->rwlock);
    benchmark::DoNotOptimize(cell->counter);
    benchmark::ClobberMemory();
    pthread_rwlock_unlock(&cell->rwlock);
  }
}
BENCHMARK(RwlockRead);

void RwlockWrite(benchmark::State& state) {
  Cell* cell = &g_cells[state.thread_index()];
  Prepare(cell, PTHREAD_MUTEX_NORMAL);
  for (auto _ : state) {
    pthread_rwlock_wrlock(&cell->rwlock);
    ++cell->counter;
    benchmark::ClobberMemory();
    pthread_rwlock_unlock(&cell->rwlock);
  }
}
BENCHMARK(RwlockWrite);

}  // namespace
