// Intent: stacks of threads, deep and shallow, come back with every frame, and
// go on growing; one of them was given by the program.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <sys/mman.h>

#include "behave.h"

enum { kThreads = 4, kFrame = 8192 };

static int at_bottom;

static long Descend(long depth) {
  volatile long frame[kFrame / sizeof(long)];
  frame[3] = depth;
  long sum = 0;
  if (depth > 0) {
    sum = Descend(depth - 1);
  } else {
    Count(&at_bottom);
    while (!Go()) Pause();
  }
  CHECK(frame[3] == depth);
  return sum + frame[3];
}

static void* Body(void* argument) {
  const long depth = (long)argument;
  CHECK(Descend(depth) == depth * (depth + 1) / 2);
  CHECK(Descend(100) == 5050);
  return NULL;
}

int main(void) {
  enum { kStack = 4 << 20 };
  pthread_t threads[kThreads];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  void* own = mmap(NULL, kStack, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  CHECK(own != MAP_FAILED);
  pthread_attr_setstack(&attributes, own, kStack);
  for (long i = 0; i < kThreads; ++i) {
    CHECK(pthread_create(&threads[i], i == 0 ? &attributes : NULL, Body,
                         (void*)(i * 130)) == 0);
  }
  Await(&at_bottom, kThreads);
  LiveThroughRestarts();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
