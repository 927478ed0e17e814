// heap.c - holds a heap of random bytes while two threads compute, and prints the
// longest gap that they saw: how long a checkpoint stops the program. Argument:
// MiB.

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "checkpoint.h"

static volatile int stop;

static double Now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void* Watch(void* argument) {
  double last = Now(), longest = 0;
  while (!stop) {
    const double now = Now();
    if (now - last > longest) longest = now - last;
    last = now;
  }
  *(double*)argument = longest;
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const size_t words = (size_t)atol(argv[1]) << 17;
  uint64_t* heap = malloc(words * 8);
  uint64_t random = 88172645463325252u;
  for (size_t i = 0; i < words; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    heap[i] = random;
  }
  // The compiler must believe that somebody reads it.
  __asm__ volatile("" : : "r"(heap) : "memory");
  pthread_t threads[2];
  double gaps[2];
  for (int i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, Watch, &gaps[i]);
  const double start = Now();
  const int taken = checkpoint_here();
  const double done = Now();
  stop = 1;
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  if (taken == 0) {
    printf("done %.3f gap %.3f\n", done - start,
           gaps[0] > gaps[1] ? gaps[0] : gaps[1]);
  }
  return taken < 0;
}
