// micro_sync.cpp - condition variables, semaphores, barriers and threads.

#include <benchmark/benchmark.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

namespace {

void SemaphorePostWait(benchmark::State& state) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  for (auto _ : state) {
    sem_post(&semaphore);
    sem_wait(&semaphore);
  }
  sem_destroy(&semaphore);
}
BENCHMARK(SemaphorePostWait);

void BarrierOfOne(benchmark::State& state) {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 1);
  for (auto _ : state) pthread_barrier_wait(&barrier);
  pthread_barrier_destroy(&barrier);
}
BENCHMARK(BarrierOfOne);

// A wait whose deadline is over: the way in and out, without the sleep.
void CondTimedwaitOver(benchmark::State& state) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  const timespec past{0, 0};
  pthread_mutex_lock(&mutex);
  for (auto _ : state) {
    if (pthread_cond_timedwait(&condition, &mutex, &past) != ETIMEDOUT) {
      state.SkipWithError("no timeout");
      break;
    }
  }
  pthread_mutex_unlock(&mutex);
}
BENCHMARK(CondTimedwaitOver);

void* Return(void* argument) { return argument; }

void CreateJoin(benchmark::State& state) {
  for (auto _ : state) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, Return, nullptr) != 0) {
      state.SkipWithError("pthread_create");
      break;
    }
    pthread_join(thread, nullptr);
  }
}
BENCHMARK(CreateJoin)->MeasureProcessCPUTime();

}  // namespace
