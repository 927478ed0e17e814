// team.h - threads that work together, for the benchmark programs: a number of
// them run one function each and are joined.

#ifndef CKPT_BENCH_TEAM_H
#define CKPT_BENCH_TEAM_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { kMostThreads = 64 };

static int g_threads;

static inline void Check(int good, const char* what) {
  if (good) return;
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static inline long Argument(int argc, char** argv, int i, long otherwise) {
  const long value = argc > i ? atol(argv[i]) : otherwise;
  Check(value > 0, "arguments are numbers");
  return value;
}

static inline void TakeThreads(int argc, char** argv) {
  g_threads = (int)Argument(argc, argv, 1, 1);
  Check(g_threads <= kMostThreads, "too many threads");
}

// run((void*)i) for each thread i.
static inline void RunTeam(void* (*run)(void*)) {
  pthread_t threads[kMostThreads];
  for (long i = 0; i < g_threads; ++i) {
    Check(pthread_create(&threads[i], NULL, run, (void*)i) == 0,
          "pthread_create");
  }
  for (int i = 0; i < g_threads; ++i) pthread_join(threads[i], NULL);
}

// The part of [0, n) that is thread `me`'s.
static inline long Begin(long n, long me) { return n * me / g_threads; }
static inline long End(long n, long me) { return n * (me + 1) / g_threads; }

// xorshift: the same numbers everywhere.
static inline unsigned long Random(unsigned long* state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}
static inline double Uniform(unsigned long* state) {
  return (double)(Random(state) >> 11) / (double)(1ul << 53);
}

#endif
