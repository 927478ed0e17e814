// lock_pair.c - nanoseconds per lock/unlock pair, each thread on a mutex of its
// own (the paper's ilock). Argument: threads; 0: no thread is ever created.

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { kPairs = 2000000, kMaxThreads = 64 };

struct Cell {
  pthread_mutex_t mutex;
  volatile long counter;
} __attribute__((aligned(128)));

static struct Cell cells[kMaxThreads];

static double Now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void* Run(void* argument) {
  struct Cell* cell = argument;
  for (int i = 0; i < kPairs; ++i) {
    pthread_mutex_lock(&cell->mutex);
    ++cell->counter;
    pthread_mutex_unlock(&cell->mutex);
  }
  return NULL;
}

int main(int argc, char** argv) {
  const int threads = argc > 1 ? atoi(argv[1]) : 1;
  pthread_t ids[kMaxThreads];
  if (threads < 0 || threads > kMaxThreads) return 2;
  const double start = Now();
  if (threads == 0) Run(&cells[0]);
  for (int i = 0; i < threads; ++i) {
    if (pthread_create(&ids[i], NULL, Run, &cells[i]) != 0) return 1;
  }
  for (int i = 0; i < threads; ++i) pthread_join(ids[i], NULL);
  printf("%.3f\n", (Now() - start) / kPairs);
  return 0;
}
